# Units
kernel-unit-name-needed = Enter the unit's name and code.
kernel-unit-parent = A unit of this kind cannot stand below that one. Choose another parent.
kernel-unit-code-taken = Another standing unit has the code { $code }. Check the code.
kernel-unit-slug-taken = The page address “{ $slug }” is taken or has letters that are not allowed. Use small letters, digits and dashes.
kernel-unit-closed = This unit is closed already.
kernel-unit-has-children = There are standing units below it. Close or move them first.
kernel-unit-successor = A successor must be another unit that still stands.

# Posts
kernel-post-title-needed = Enter the title of the post.
kernel-post-closed = This post was abolished.
kernel-post-decree-needed = Enter number and date of the decree or order.
kernel-post-ends-before-it-begins = The end must come after the beginning and not after the end on record.
kernel-post-held = Somebody definitive holds this post at that time. End that holding first.
kernel-post-later-holding = Another holding begins at or after that time. End it first.
kernel-post-vacant-needs-plt = This post is vacant, so there is nobody to stand in for. Appoint a Plt. or Pj.
kernel-post-stands-in-for-itself = A Plh. must be somebody else than the holder.
kernel-post-not-yours = You do not hold that post now.
kernel-mandate-to-itself = A mandate is given to another post.
kernel-mandate-ub-needs-an = Only a post that signs a.n. can hand on u.b.

# People
kernel-person-name-needed = Enter the name as on the identity or family card.
kernel-person-birth-date = Check the birth date: not after today, not before 1900.
kernel-nik-empty = Enter the NIK.
kernel-nik-length = A NIK has 16 digits; { $digits } were typed. Check the identity or family card.
kernel-nik-symbol = A NIK has digits only; “{ $symbol }” at place { $position } is none.
kernel-nik-date = The date inside this NIK does not exist. If the card says so, write why.
kernel-nik-serial = A NIK never ends in 0000. If the card says so, write why.
kernel-nik-sex-differs = NIK and sex disagree: { $written } is written, { $expected } is expected. Check, or write why.
kernel-nik-date-differs = NIK and birth date disagree: { $written } is written, { $expected } is expected. Check, or write why.
kernel-nik-differs = The NIK disagrees with birth date and sex: { $written } is written, { $expected } is expected. Check, or write why.
kernel-kk-length = A KK number has 16 digits; { $digits } were typed.
kernel-kk-symbol = A KK number has digits only.
kernel-phone = Write the telephone number like 0812-3456-7890.
kernel-phone-foreign = Only Indonesian numbers (+62) can be reached from here.
kernel-phone-length = The telephone number has too few or too many digits. Check it.
kernel-email = Write the e-mail address like name@example.id.
kernel-text-long = Too long: at most { $most } characters.
kernel-text-control = There is a character that cannot be read. Type this field again.

# Accounts
kernel-username-length = A username has 3 to 64 characters.
kernel-username-characters = A username has letters a–z, digits, and dots, dashes, underscores or @ between them.
kernel-username-number = A username cannot be digits only; a NIK or NIP is no username.
kernel-username-taken = The username { $username } is taken. Choose another.
kernel-password-short = A password has at least { $least } characters. A few words you remember are better than one hard word.
kernel-password-long = The password is too long.
kernel-password-guessable = This password is easily guessed. Use a few words only you remember.
kernel-account-name-needed = Enter the name to show.
kernel-account-third-party-dated = A third party's account needs an end date.
kernel-account-disabled = This account is disabled. Ask the administrator of your unit.
kernel-account-expired = This account has expired. Ask the administrator of your unit.
kernel-token-label-needed = Write what this token is for.
kernel-grant-role = There is no role { $role }.
kernel-grant-top-only = This role can be granted at the regency only.
kernel-grant-held = This role is held at that unit already.
kernel-grant-ended = This role has ended.

# Fields of forms
field-required = This must be filled in.
field-too-long = Too long: at most { $max } characters.
field-bad-character = There is a character that cannot be kept. Delete and type this part again.
field-not-a-number = Write it in digits, for example 12 or 1.500.
field-too-small = At least { $min }.
field-too-large = At most { $max }.
field-not-money = Write the amount in rupiah in digits, for example 1.500.000.
field-not-a-date = Write day, month and year, for example 12/03/1990 or 12 March 1990.
field-date-year = Write the year with four digits, for example 1990.
field-no-such-date = There is no such date. Check day and month.
field-date-in-future = This date is yet to come. Enter today or an earlier date.
field-date-in-past = This date has passed. Enter today or a later date.
field-choose-one = Choose one.
field-choose-one-or-more = Choose at least one.
field-not-a-choice = Choose from the list.
field-only-digits = Enter digits only.
field-not-a-nik = A NIK has 16 digits; { $digits } were typed. Check it on the identity card or the family card.
field-nik-odd = The date { $date } in this NIK does not exist. If the identity card says so, write why.
field-not-a-kk = A family card number has 16 digits; { $digits } were typed. Check it on the family card.
field-not-a-phone = Write the whole telephone number, for example 0812-3456-7890.
field-not-an-email = Write the whole e-mail address, for example name@example.id.
field-photo-required = Add a photo.
field-file-required = Add a file.
field-not-a-file = This file did not arrive whole. Upload it again.
field-too-many-files = At most { $max } files. Remove those not needed.
field-name-required = Enter this person's name, or leave the whole row empty.
field-too-few-people = Enter at least { $min } people.
field-too-many-people = At most { $max } people.

# Calendar and hours of service
holiday-name-required = Enter the name of the holiday or the reason for closing.
holiday-decree-required = Enter the number of the decree.
holiday-date-required = Choose at least one date.
holiday-too-many-dates = At most { $max } dates at once. Enter them in several goes.
holiday-exists = { $date } is already a free day of this kind.
holiday-cancelled-already = This holiday has been cancelled already.
hours-never-open = The office must be open on at least one day from Monday to Friday.
hours-season-ends-first = The last date must come after the first.
hours-season-overlaps = This period overlaps another one already entered.

# Drafts, jobs, notices
draft-too-large = There is too much to keep as a draft. Send it or shorten it first.
job-already-begun = This job has begun or ended and cannot be cancelled.
notice-not-failed = This e-mail did not fail and need not be sent again.
mail-url-invalid = The address of the mail server is not readable. Example: smtps://user:password@mail.example.id:465.
mail-from-invalid = The sender's address is not readable. Example: Batu Jungul Village <letters@example.id>.
