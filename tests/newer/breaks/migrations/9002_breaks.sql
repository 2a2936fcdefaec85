-- breaks: what the order's amount means is another thing from here on

ALTER TABLE orders ADD COLUMN currency TEXT NOT NULL DEFAULT '';
