-- Which process holds a lease: `["host", pid, start]`, so that the next one need not wait for one that was killed.
ALTER TABLE leases ADD COLUMN process TEXT;
