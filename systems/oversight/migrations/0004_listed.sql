-- What is kept too long goes by the age of its entry.
CREATE INDEX oversight_listed_entry ON oversight_listed (entry);
