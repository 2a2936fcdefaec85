-- When one person alone disabled a login: for a while it still counts where two persons are needed. 0: it doesn't.
ALTER TABLE staff ADD COLUMN disabled_at INTEGER NOT NULL DEFAULT 0;
