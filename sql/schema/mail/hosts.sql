-- Hosts that customers may send us to.

CREATE FUNCTION @schema@.is_public_host(host text) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, pg_temp
RETURN CASE
    -- An IPv6 address: of those that are given to networks, which are no tunnel's (Teredo, 6to4) and no documentation's.
    WHEN host LIKE '%:%' THEN CASE WHEN host ~* '^[23][0-9a-f]{3}:[0-9a-f:]*$' AND host !~ ':::|::.*::' AND host !~ '[^:]:$'
            AND host !~* '[0-9a-f]{5}' AND CASE WHEN host ~ '::' THEN array_length(string_to_array(trim(':' FROM host), ':'), 1) <= 8
                ELSE array_length(string_to_array(host, ':'), 1) = 8 END
        THEN NOT host::inet <<= ANY ('{2001::/23,2001:db8::/32,2002::/16,3fff::/20}'::inet[]) ELSE false END
    -- What ends in a number is an IPv4 address to a resolver, however it is written: 127.1, 2130706433, 0x7f000001, 0177.0.0.1.
    WHEN host ~* '(^|[.])([0-9]+|0x[0-9a-f]*)[.]?$' THEN CASE
        WHEN host ~ '^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])([.]|$)){4}$' AND host !~ '[.]$'
        THEN NOT host::inet <<= ANY ('{0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,127.0.0.0/8,169.254.0.0/16,172.16.0.0/12,192.0.0.0/24,
            192.0.2.0/24,192.88.99.0/24,192.168.0.0/16,198.18.0.0/15,198.51.100.0/24,203.0.113.0/24,224.0.0.0/3}'::inet[]) ELSE false END
    -- A name without a dot is looked for in the resolver's own domain.
    ELSE rtrim(host, '.') LIKE '%.%' AND host !~* '[.](localhost|local|internal|localdomain)[.]?$' END;
COMMENT ON FUNCTION @schema@.is_public_host(text) IS
    'whether a host is a name, or an address of the internet and of no private network; where a name leads is not known here';
GRANT EXECUTE ON FUNCTION @schema@.is_public_host TO @worker@;
