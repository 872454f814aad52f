-- Where a customer may send our mail worker: to names, and to addresses of the internet; by no spelling to one of a
-- private network.
\set test schema_mail_hosts
\ir ../fixtures/control_plane.sql
SELECT no_plan();
CREATE FUNCTION sets(host text) RETURNS text LANGUAGE sql AS $$
    SELECT act('a_admin', format('SELECT cloud.set_smtp(%L, ''u'', ''p'', ''f@example.com'')', host)) $$;
SELECT is(sets(host), '', 'taken: ' || host) FROM unnest(ARRAY['mail.example.com', 'MAIL.example.com', 'mail.example.com.',
    'xn--bcher-kva.example',
    '1.example.com', '127.0.0.1.example.com', '0x7f.example.com', 'a1.b2', '8.8.8.8', '172.15.255.255', '172.32.0.1', '100.63.255.255',
    '100.128.0.1',
    '169.253.1.1', '192.167.1.1', '223.255.255.254', '198.17.1.1', '2606:4700::1111', '2a00:1450:4001:81b:0:0:0:200e',
    '2a00:1450:4001:81b::200E',
    '2600::', '2001:4860:4860::8888', '2003::1']) AS host;
SELECT is(sets(host), '23514', 'refused: ' || replace(host, E'\n', ' ')) FROM unnest(ARRAY[
    -- this machine, and the networks behind it
    '127.0.0.1', '127.255.255.255', '0.0.0.0', '10.1.2.3', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1',
    '100.127.255.255', '192.0.0.8', '198.18.0.1', '198.19.255.255', '224.0.0.1', '239.1.1.1', '240.0.0.1', '255.255.255.255',
    '192.0.2.1', '198.51.100.1',
    '203.0.113.9', '192.88.99.1',
    -- the same in other words, as inet_aton() and getaddrinfo() read them
    '127.1', '127.0.1', '2130706433', '017700000001', '0177.0.0.1', '0x7f000001', '0X7F000001', '0x7f.1', '0x7f.0x0.0x0.0x1',
    '127.0.0.0x1',
    '0', '0x', '1', '10.1', '3232235777', '127.0.0.1.', '2130706433.', '0251.0376.0251.0376', '127.000.000.001', '08.8.8.8', '8.8.8',
    '8.8.8.8.',
    '1.2.3.4.5', '256.1.1.1', '00.0.0.0', '999999999999',
    -- IPv6: loopback, mapped, translated, tunnels, unique local, link local, multicast
    '0::1', '0:0:0:0:0:0:0:1', '0::', '0::ffff:127.0.0.1', '0:0:0:0:0:ffff:7f00:1', '0::ffff:a9fe:a9fe', '0::7f00:1', '64:ff9b::7f00:1',
    '64:ff9b:1::1', '2002:7f00:1::1', '2002:a9fe:a9fe::', '2001::1', '2001:0:7f00:1::', '2001:1ff::1', '2001:db8::1', '2001:0db8::1',
    '3fff::1',
    'fc00::1', 'fd00:ec2::254', 'fe80::1', 'FE80::1', 'feb0::1', 'fec0::1', 'ff02::1', '100::1', '5f00::1',
    -- no addresses at all, which a resolver may read as one
    '2606:4700::1111::1', '2606:4700', '2606:4700:1:1:1:1:1:1:1', '2606:4700:0:0:0:0:127.0.0.1', '2606::127.0.0.1', '2606:4700:::1',
    '2606:4700::1:',
    '20000::1', '2606:12345::1', 'mail.example.com:25', '2606:4700::zzzz', '200:1::1', '2:1::1', '2606:1:1:1:1:1:1::1:1:1',
    -- names of the machine, and of nobody's public network
    'localhost', 'LOCALHOST', 'localhost.', 'a.localhost', 'a.localhost.', 'localhost.localdomain', 'postgres', 'db-1', 'printer.local',
    'metadata.google.internal', 'METADATA.GOOGLE.INTERNAL.', 'a.0x7f000001', 'a.1',
    -- what was refused before by its shape
    '::1', '[::1]', '-a.example.com', 'a b.example.com', 'fe80::1%eth0', '127.0.0.1/8', '', '１２７.0.0.1', 'a@127.0.0.1',
    E'8.8.8.8\n127.0.0.1']) AS host;
SELECT is(cloud.is_public_host(NULL), NULL, 'no host');
SELECT is((SELECT s.host FROM cloud.account_smtp s), '2003::1', 'the one that was taken last stays');
-- past the command too
SELECT throws_ok($$UPDATE cloud.account_smtp SET host = '169.254.169.254'$$, '23514', NULL, 'no other way in');
SELECT finish();
