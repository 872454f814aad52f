# shellcheck shell=bash
# test/support/debians.sh: Debians beside this one, for test/matrix, test/deb and test/upgrades.
# Each is made once by mmdebstrap and kept below $PRIMECLOUD_CHROOTS (/var/cache/primecloud), with
# the packages that it has fetched; remove the directory to begin anew.
place=${PRIMECLOUD_CHROOTS:-/var/cache/primecloud}
# shellcheck disable=SC2034 # whoever begins with this file asks it
declare -A suite=([15]=bookworm [17]=trixie [18]=forky)

begin() {  # begin TASK: ends in one line where it cannot be done here
  if [ "$(id -u)" != 0 ]; then
    echo "only root makes a Debian beside this one: sudo make $1" >&2
    exit 1
  fi
  git rev-parse --git-dir > /dev/null 2>&1 || { echo "only git knows what belongs to the tree: git clone it, and make $1 there" >&2; exit 1; }
  test/packages matrix
  mkdir -p "$place/archives/partial"
}

# (An interrupted one is never taken for a whole.  Testing is signed for a week: a mirror that stopped
# is good enough for a test.)
debian() {  # debian NAME SUITE PACKAGES [SOURCE LINE...]
  local name=$1 release=$2 packages=$3 sources=$place/$1.list
  shift 3
  [ ! -e "$place/$name" ] || return 0
  echo "making a Debian: $name" >&2
  rm -rf --one-file-system "${place:?}/$name.part"
  if [ $# != 0 ]; then
    printf '%s\n' "$@" > "$sources"
    set -- "$sources"
  fi
  mmdebstrap --quiet --variant=minbase --mode=root --include="ca-certificates${packages:+,$packages}" \
    --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='Acquire::Languages "none"' \
    "$release" "$place/$name.part" "$@" >&2 || {
    echo "no Debian $release could be made: has this machine a network (what mmdebstrap says stands above)?  Then the same again" >&2
    exit 1
  }
  rm -f "$sources"
  # No service starts there, and no cluster is made by itself.
  printf '#!/bin/sh\nexit 101\n' > "$place/$name.part/usr/sbin/policy-rc.d"
  chmod 0755 "$place/$name.part/usr/sbin/policy-rc.d"
  # What is lost when the power goes is made again: dpkg need not wait for the disk.
  echo force-unsafe-io > "$place/$name.part/etc/dpkg/dpkg.cfg.d/unsafe-io"
  mkdir -p "$place/$name.part/etc/postgresql-common"
  echo 'create_main_cluster = false' > "$place/$name.part/etc/postgresql-common/createcluster.conf"
  mv "$place/$name.part" "$place/$name"
}

# What is in use there: of PostgreSQL, Debian and g++ the version.
versions_in() {  # versions_in NAME MAJOR
  chroot "$place/$1" sh -c 'printf "PostgreSQL %s, Debian %s, g++ %s" "$("/usr/lib/postgresql/$1/bin/postgres" --version | sed "s/^[^0-9]*\([^ ]*\).*/\1/")" \
    "$(cat /etc/debian_version)" "$(g++ -dumpfullversion)"' versions "$2"
}

# What git knows of the tree, and what is new in it: nothing that was built here.
bring() {  # bring DIRECTORY
  rm -rf --one-file-system "${1:?}"
  mkdir -p "$1"
  git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    [ ! -e "$file" ] || printf '%s\0' "$file"
  done | tar -c --null -T - | tar -x -C "$1"
}

# Which package this tree makes: of what it is built from.
what_is_built() {
  git ls-files -z --cached --others --exclude-standard -- src sql control Makefile debian/control.in debian/rules debian/pgversions |
    xargs -0 sha256sum | sha256sum | cut -c 1-40
}

# Mounts are of this process alone, and gone with it.  SHARED is seen there as /srv/shared.
# shellcheck disable=SC2016 # for the inner shell
within='root=$1 place=$2 shared=$3; shift 3
  for directory in proc sys dev; do mount --rbind "/$directory" "$root/$directory"; done
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mkdir -p "$root/var/cache/apt/archives"
  mount --bind "$place/archives" "$root/var/cache/apt/archives"
  if [ -n "$shared" ]; then mkdir -p "$root/srv/shared"; mount --bind "$shared" "$root/srv/shared"; fi
  cp /etc/resolv.conf "$root/etc/resolv.conf"
  exec chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 CTEST_OPTIONS="${CTEST_OPTIONS:-}" \
    CCACHE_DIR=/root/.ccache CCACHE_BASEDIR=/root/primecloud DEBIAN_FRONTEND=noninteractive \
    PATH=/usr/lib/ccache:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"'
inside() {  # inside NAME SHARED COMMAND...
  local name=$1 shared=$2
  shift 2
  unshare --mount --propagation private bash -ec "$within" inside "$place/$name" "$place" "$shared" "$@"
}
# The same in a copy that nobody sees again: a clean Debian.
fresh() {  # fresh NAME SHARED COMMAND...
  local name=$1 shared=$2 layers status=0
  shift 2
  layers=$(mktemp -d "$place/layers.XXXXXX")
  mkdir "$layers/upper" "$layers/work" "$layers/root"
  # shellcheck disable=SC2016 # for the inner shell
  unshare --mount --propagation private bash -ec '
    mount -t overlay overlay -o "lowerdir=$2/$4,upperdir=$1/upper,workdir=$1/work" "$1/root"
    within=$3 shared=$5 root=$1/root place=$2; shift 5
    exec bash -ec "$within" fresh "$root" "$place" "$shared" "$@"' fresh "$layers" "$place" "$within" "$name" "$shared" "$@" || status=$?
  rm -rf --one-file-system "$layers"
  return "$status"
}
