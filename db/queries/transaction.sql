-- name: begin
BEGIN IMMEDIATE;
