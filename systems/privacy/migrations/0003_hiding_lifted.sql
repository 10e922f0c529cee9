-- By which decision a hiding was lifted; none while it stands, or where it was lifted before this was asked.
ALTER TABLE privacy_hiding ADD COLUMN lifted_decree TEXT;
