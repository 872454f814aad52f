# Build, install and regression-test with PGXS: the source of truth for what
# is built and where it goes.  CMakeLists.txt asks this file, never repeats it.
#
#   make && sudo make install && make installcheck      PG_CONFIG=... to choose
#   make demo | test | playground | bench | fuzz | test-clients | test-services | ubsan | coverage
#                     on a throw-away server; installs the packages it needs
#   make test-citus PG_CONFIG=...   on a cluster of three, of a PostgreSQL that has Citus (docs/scale.md)
#   make test-17 | test-18 | test-all | test-upgrades
#                     every suite on another server, each in a Debian of its own (test/matrix),
#                     and the way from each to the next (test/upgrades)
#   make deb          Debian's packages, for 12 and 13, each built in a clean Debian (test/deb)
#   make dist         the distribution for PGXN (test/dist)

TASKS = demo playground bench fuzz ubsan coverage deb dist test $(filter test-%,$(MAKECMDGOALS))

ifneq ($(filter $(TASKS),$(MAKECMDGOALS)),)
# These work on a machine that has no PostgreSQL yet, so PGXS waits.
.PHONY: $(TASKS)
# (What was said to make is in the environment; by its flags too it would reach the make that installs into a copy.)
$(TASKS):
	@unset MAKEFLAGS MFLAGS MAKEOVERRIDES; exec test/task $@
else

here       := $(dir $(firstword $(MAKEFILE_LIST)))
EXTENSION  = control/primecloud
EXTVERSION := $(shell sed -n "s/^default_version = '\(.*\)'/\1/p" $(here)control/primecloud.control)

MODULE_big = primecloud
SOURCES    := $(sort $(patsubst $(here)%,%,$(foreach depth,src/*/ src/core/*/,$(wildcard $(here)$(depth)*.cpp))))
# Compiled thirty together, which takes a quarter of the time; `make APART=1` compiles each by itself.
UNITS      := $(if $(APART),$(SOURCES),$(shell $(here)src/units build/units $(addprefix $(here),$(SOURCES))))
OBJS        = $(UNITS:.cpp=.o)

# The extension script: the modules of the list, then what a control plane is made of and
# the frozen steps between its versions, carried as the bodies of functions.
SQL_MODULES := $(addprefix sql/,$(shell sed 's/\#.*//' $(here)sql/modules.list))
SQL_SCHEMA := $(addprefix sql/schema/,$(shell sed 's/\#.*//' $(here)sql/schema/files.list))
SQL_STEPS  := sql/schema/upgrade/checksums $(sort $(patsubst $(here)%,%,$(wildcard $(here)sql/schema/upgrade/*.sql)))
SQL_WRAP   = sql/schema/wrap.awk sql/schema/wrap_steps.awk
DATA_built  = primecloud--$(EXTVERSION).sql
DATA        = $(patsubst $(here)%,%,$(wildcard $(here)sql/upgrade/primecloud--*.sql))

REGRESS      = $(sort $(basename $(notdir $(wildcard $(here)test/regress/sql/*.sql))))
REGRESS_OPTS = --inputdir=$(srcdir)/test/regress --outputdir=. --load-extension=primecloud

PG_CPPFLAGS = -I$(srcdir)/src
# (CXXFLAGS of the environment are those of whoever makes a package: where the build was.)
PG_CXXFLAGS := $(if $(filter environment,$(origin CXXFLAGS)),$(CXXFLAGS)) \
               -std=c++20 -Wno-register -fvisibility=hidden -fvisibility-inlines-hidden \
               -fno-threadsafe-statics
# What we use of the C++ library is linked in where the compiler has it so: to load the shared one costs
# each new connection most of a millisecond (test/bench/transactions).
cxx_archive = $(filter /%,$(shell $(CXX) -print-file-name=libstdc++.a))
SHLIB_LINK  = -lsodium -lexpat -lcrypto $(or $(cxx_archive),-lstdc++)
SHLIB_EXPORTS = src/primecloud.exports.txt

EXTRA_CLEAN = $(OBJS:.o=.d) $(OBJS:.o=.bc) build/units build/server src/primecloud.exports.list

# Bitcode lets JIT inline a function; none of these is one it inlines, and building it
# doubles the time.  `make with_llvm=yes` builds it all the same; with_llvm=yes in the environment
# (debian/rules) builds it where the server has it.
ifneq ($(origin with_llvm),command line)
ifneq ($(origin with_llvm) $(with_llvm),environment yes)
override with_llvm = no
endif
endif

PG_CONFIG ?= pg_config
PGXS := $(shell $(PG_CONFIG) --pgxs 2>/dev/null)
ifeq ($(PGXS),)
$(error no $(PG_CONFIG) here: install postgresql-server-dev-all (Debian), or name yours with PG_CONFIG=...)
endif
include $(PGXS)

oldest := $(shell sed -n 's/^static_assert.PG_VERSION_NUM >= \(..\)0000.*/\1/p' $(here)src/pg/server_version.hpp)
ifeq ($(shell test '$(MAJORVERSION)' -ge '$(oldest)' && echo so),)
$(error PostgreSQL $(VERSION) is too old: $(oldest) or later is needed; name it with PG_CONFIG=...)
endif

# A server that is there and older in its minor release than the headers may not load the library.
server := $(shell '$(bindir)/postgres' --version 2>/dev/null | sed 's/^[^0-9]*\([^ ]*\).*/\1/')
ifneq ($(server),)
ifneq ($(lastword $(shell printf '%s\n' '$(VERSION)' '$(server)' | sort -V)),$(server))
$(error the headers are of PostgreSQL $(VERSION), the server is $(server): install both in one step (apt-get install postgresql-$(MAJORVERSION) postgresql-server-dev-$(MAJORVERSION)))
endif
endif

# Objects are of one release of the server: those of another are made again.  (Where there are none
# this leaves nothing behind: a package's sources are what they were.)
ifneq ($(or $(filter-out clean distclean,$(MAKECMDGOALS)),$(if $(MAKECMDGOALS),,all)),)
ifneq ($(VERSION),$(shell cat build/server 2>/dev/null))
$(shell mkdir -p build && echo '$(VERSION)' > build/server)
endif
endif
$(OBJS): build/server

# PGXS compiles bitcode with clang but forgets our C++ flags.
COMPILE.cxx.bc += $(PG_CXXFLAGS)

# Debian's PGXS does not track headers.
$(OBJS): override CXXFLAGS += -MMD -MP
-include $(OBJS:.o=.d)
$(OBJS:.o=.bc): %.bc: %.o  # so bitcode follows headers too

$(OBJS) $(OBJS:.o=.bc) $(SHLIB_EXPORTS:.txt=.list): | directories
.PHONY: directories
directories:
	@$(MKDIR_P) $(sort $(dir $(OBJS)) src)

$(DATA_built): $(SQL_MODULES) $(SQL_SCHEMA) $(SQL_STEPS) $(SQL_WRAP) sql/modules.list sql/schema/files.list
	cat $(addprefix $(srcdir)/,$(SQL_MODULES)) > $@
	awk -v into=primecloud_internal -f $(srcdir)/sql/schema/wrap.awk $(addprefix $(srcdir)/,$(SQL_SCHEMA)) >> $@ || { rm -f $@; exit 1; }
	awk -v into=primecloud_internal -f $(srcdir)/sql/schema/wrap_steps.awk $(addprefix $(srcdir)/,$(SQL_STEPS)) >> $@ || { rm -f $@; exit 1; }

# What CMake needs to know.
.PHONY: describe
describe:
	@$(foreach v,CXX CPPFLAGS CXXFLAGS LDFLAGS SHLIB_LINK SOURCES EXTVERSION DLSUFFIX pkglibdir datadir bindir MAJORVERSION REGRESS DATA SQL_MODULES SQL_SCHEMA SQL_STEPS SQL_WRAP,echo '$(v)=$(subst ','\'',$($(v)))';)

endif
