-- By which decision a legal hold was lifted; none while it stands, or where it was lifted before this was asked.
ALTER TABLE kernel_hold ADD COLUMN lifted_decree TEXT;
