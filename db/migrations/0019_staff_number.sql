-- A person's staff number 工号: the same at every site, so that two logins of one person are known to be one.

ALTER TABLE staff ADD COLUMN number TEXT NOT NULL DEFAULT '' CHECK (length(number) <= 20);
-- people of other sites ("110114-01/op1") may be our own under another login
CREATE UNIQUE INDEX staff_number ON staff (number) WHERE number <> '' AND instr(login, '/') = 0;
