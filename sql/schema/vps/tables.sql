-- Virtual machines that were ordered.

CREATE TABLE @schema@.vps_configs (
    order_id uuid NOT NULL,  --: @public @notNull the order, which is of type vps
    account_id uuid NOT NULL,  --: @public @notNull the account
    os text NOT NULL,  --: @public @notNull operating system
    location text NOT NULL,  --: @public @notNull sp, rj, ny, mia or fra
    cpu_cores integer NOT NULL,  --: @public @notNull processor cores
    ram_gib integer NOT NULL,  --: @public @notNull memory
    storage_gib integer NOT NULL,  --: @public @notNull disk
    storage_type text NOT NULL DEFAULT 'ssd',  --: @public @notNull ssd, nvme or hdd
    bandwidth_mbps integer NOT NULL DEFAULT 50,  --: @public @notNull network speed
    public_ip_count integer NOT NULL DEFAULT 1,  --: @public @notNull public addresses
    backup_frequency text,  --: @public daily, weekly or monthly; missing without backup
    backup_retention_days integer,  --: @public how long a backup is kept
    base_price_cents bigint NOT NULL,  --: @public @notNull price of cores, memory and disk a month
    ip_price_cents bigint NOT NULL DEFAULT 0,  --: @public @notNull price of the addresses beyond the first
    backup_price_cents bigint NOT NULL DEFAULT 0,  --: @public @notNull price of the backup
    network_price_cents bigint NOT NULL DEFAULT 0,  --: @public @notNull price of the network speed
    server_hostname text,  --: @public name of the machine, once there is one
    server_ip inet,  --: @public address of the machine
    provisioned_at timestamptz,  --: @public when the machine was ready
    created_at timestamptz NOT NULL DEFAULT now(),  --: @public @notNull when it was configured
    CONSTRAINT vps_configs_pk PRIMARY KEY (account_id, order_id),
    CONSTRAINT vps_configs_order_fk FOREIGN KEY (account_id, order_id) REFERENCES @schema@.orders (account_id, id) ON DELETE CASCADE,
    CONSTRAINT vps_configs_os_known CHECK (os IN ('ubuntu-24.04', 'ubuntu-22.04', 'ubuntu-20.04', 'debian-12', 'centos-8', 'rocky-9',
        'windows-2022', 'windows-2019')),
    CONSTRAINT vps_configs_location_known CHECK (location IN ('sp', 'rj', 'ny', 'mia', 'fra')),
    CONSTRAINT vps_configs_cores_known CHECK (cpu_cores IN (1, 2, 4, 6, 8, 12, 16, 24, 32)),
    CONSTRAINT vps_configs_ram_known CHECK (ram_gib IN (1, 2, 4, 8, 16, 32, 64, 128)),
    CONSTRAINT vps_configs_storage_known CHECK (storage_gib IN (25, 50, 100, 200, 400, 800, 1000, 2000)),
    CONSTRAINT vps_configs_storage_type_known CHECK (storage_type IN ('ssd', 'nvme', 'hdd')),
    CONSTRAINT vps_configs_bandwidth_known CHECK (bandwidth_mbps IN (50, 100, 200, 500, 1000)),
    CONSTRAINT vps_configs_ips_sane CHECK (public_ip_count BETWEEN 0 AND 16),
    CONSTRAINT vps_configs_backup_known CHECK (backup_frequency IN ('daily', 'weekly', 'monthly')),
    CONSTRAINT vps_configs_backup_whole CHECK ((backup_frequency IS NULL) = (backup_retention_days IS NULL)
        AND backup_retention_days BETWEEN 1 AND 365),
    CONSTRAINT vps_configs_prices_safe CHECK (least(base_price_cents, ip_price_cents, backup_price_cents, network_price_cents) >= 0),
    CONSTRAINT vps_configs_hostname_shape CHECK (server_hostname ~ '^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$'
        AND octet_length(server_hostname) <= 253)
);
COMMENT ON TABLE @schema@.vps_configs IS 'the machine of an order of type vps; written with its order by place_vps_order';
SELECT primecloud.protect_table('@schema@.vps_configs', read_role => 'developer', write_role => 'developer', delete_role => 'owner');
GRANT SELECT ON @schema@.vps_configs TO @app@, @platform@;

CREATE TABLE @schema@.vps_secrets (
    order_id uuid NOT NULL,  --: @public the order
    account_id uuid NOT NULL,  --: @public the account
    credentials primecloud.sealed NOT NULL,  --: @secret how to log in to the machine
    CONSTRAINT vps_secrets_pk PRIMARY KEY (account_id, order_id),
    CONSTRAINT vps_secrets_config_fk FOREIGN KEY (account_id, order_id) REFERENCES @schema@.vps_configs (account_id, order_id)
        ON DELETE CASCADE
);
COMMENT ON TABLE @schema@.vps_secrets IS 'private: no client role has a grant';
SELECT primecloud.protect_table('@schema@.vps_secrets', read_role => 'admin', write_role => 'admin', delete_role => 'owner');
SELECT primecloud.seal_column('@schema@.vps_secrets', 'credentials', '@schema@.vps_secrets.credentials', 'order_id');
