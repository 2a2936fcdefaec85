-- Whose key pair a certificate is for: a renewal or a change keeps it, and what befalls the pair befalls all its certificates.
ALTER TABLE ca_certificate ADD COLUMN pair TEXT NOT NULL DEFAULT ''; -- digest of the public key; '': issued before this
CREATE INDEX ca_certificate_pair ON ca_certificate (pair) WHERE state = 'superseded';
