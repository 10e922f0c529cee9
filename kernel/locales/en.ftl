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
kernel-mutation-empty = Add at least one person.
kernel-mutation-not-holder = This person does not hold that post when the mutation takes effect.
kernel-mutation-leaves-alone = Somebody who leaves (retired, moved away, died, dismissed) stands in a mutation once and with nothing else.
kernel-mutation-began-then = This person only begins to hold that post at the same moment. Check the moment.
kernel-mutation-set-already = This mutation is set and can no longer be changed.
kernel-mutation-too-late = This mutation has taken effect. Enter a new one to change it.
kernel-mutation-changed-since = Something was changed again since this mutation was set, so it cannot be taken back whole. Enter a new one.
kernel-mutation-to-needed = Choose the post that is taken.
kernel-mutation-from-needed = Choose the post that is left.
kernel-mutation-same-post = The post taken is the post left.
kernel-mutation-until-needed = Say until when.
kernel-mutation-act-decided = This act has been decided already.
kernel-mutation-act-reason = Write why it is revoked.
kernel-agreement-not-third-party = Only a third party's account has an agreement.
kernel-agreement-organisation-needed = Name the company, institution or university.
kernel-agreement-purpose-needed = Say what for.
kernel-agreement-number-needed = Enter the number of the non-disclosure agreement (NDA).
kernel-agreement-not-signed-yet = The day of signature has not come. Register the NDA when it is signed.
kernel-agreement-ended = The non-disclosure agreement (NDA) has ended. Register the new one.
kernel-agreement-missing = A third party's account opens when its non-disclosure agreement (NDA) is registered.
kernel-agreement-ends-before = The account may not outlast its NDA.

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
kernel-restriction-decree-needed = Enter the number and date of the decree.
kernel-restriction-ends-before-it-begins = A restriction ends after it begins, and not in the past.
kernel-restriction-last-admin = This is the only administrator left who can look after accounts. Appoint another one first.
kernel-restriction-over = This restriction is over already.
kernel-restriction-yourself = You cannot restrict your own account. Ask another administrator.
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

# Requests and applications
request-key-reused = This form was sent before with other content. Reload the page, then send it again.
case-closed = This application is closed.

# Files
blob-empty = This file is empty. Choose another one.
blob-kind-not-allowed = This kind of file is not taken here. These are: { $kinds }.
blob-is-a-program = This file is a program, so it is not taken whatever its name. Choose a photo or a PDF.
blob-is-a-web-page = This file is a web page or a picture with a script in it, so it is not taken. Send a photo (JPEG, PNG) or a PDF.
blob-not-a-picture = This file cannot be opened as a photo. Take the photo again, or save it as JPEG.
blob-picture-heic = This photo is in the HEIC format. Set your phone's camera to “most compatible” (JPEG), or send a screenshot of it.
blob-picture-pixels = This photo is too large: at most { $max } megapixels. Make it smaller first.
blob-old-or-protected = This file is in an old format or locked by a password. Open it, remove the password, and save it as XLSX.
blob-pdf-active = This PDF holds scripts or other files, so it is not taken. Print it to a new PDF and send that.
blob-pdf-damaged = This PDF is damaged. Open and save it again, or send a photo.
blob-pdf-protected = This PDF is locked by a password. Remove the password and send it again.
blob-too-large = This file is too large: at most { $max } MB.
blob-workbook-bomb = This XLSX grows beyond { $max } MB when it is opened. Split it into several files.
blob-workbook-damaged = This XLSX is damaged. Open it in a spreadsheet program, save it again, and send it.
blob-workbook-macros = This file holds macros. Save it as XLSX without macros and send it again.
upload-too-many = { $max } uploads are still unfinished. Finish them first, or wait until they expire.
upload-wrong-place = This part does not continue what was received. The upload goes on from byte { $at }.
upload-part-size = One part of an upload is at most { $max } bytes.
upload-unfinished = The upload is not finished: { $at } bytes were received. Wait until it is, then send the form.

# Letter numbers
number-start-range = The last number in the paper book must be between 1 and { $max }.
number-series-started = This series has reached number { $last }, so its start can no longer be changed.
number-skips = This number skips the sequence. The next number is { $next }.
number-issued = The number { $number } is used already.
number-on-paper = Numbers up to { $start } are in the paper book and not kept here.
number-pack-size = An emergency pack holds 1 to { $max } numbers.
number-not-reserved = { $number } is not a reserved number.
number-other-year = This number belongs to the year { $year }. The letter must be dated in that year.
number-other-book = This classification has another book. Choose one of the same book as the reserved number.
number-reason-missing = Write why the number is voided.
number-void-already = The number { $number } is void already.
number-document-stands = The letter with number { $number } is still in force. Revoke the letter first.
number-classification-unknown = The classification code { $code } is not known on that date.
number-classification-dates = The classification { $code } exists with the same or a later first date.
number-series-full = This book has no numbers left for the year.
number-template-too-long = The number pattern is too long: at most { $max } characters.
number-template-placeholder = The number pattern holds “{ $name }”, which is not known.
number-template-without-number = The number pattern must hold the running number.
number-template-without-year = The number pattern must hold the year, because numbers begin again at 1 each year.
number-template-without-classification = The number pattern must hold the classification code, because each classification has its own sequence.
number-scope-in-use = Letters were numbered this year already, so the way of numbering can change next year.
number-abbreviation = The abbreviation has 1 to { $max } letters or digits, dots or dashes.
dispatch-receiver-missing = Write who received the letter.

# Letters
document-tte-not-yet = Electronic signatures are not connected yet, so they cannot be chosen. Use a wet signature.
document-signers = A letter must have exactly one signer, and every initial and acknowledgement must name its post.
document-not-signed = This letter is not signed yet.
document-awaits-scan = This letter is signed and waits for its scan.
document-registered = This letter is registered and in force.
document-closed = This letter was revoked or replaced.
document-initials-order = It is not this initial's turn. The one before it has not been given.
document-initials-missing = Initials are still missing. The letter is signed once all are given.
document-signature-given = This signature or initial has been given already.
document-not-your-signature = At present you hold no post or mandate to sign this letter.
document-validity = The validity ends before the date of the letter. Check the dates.
document-code = The verification code could not be made. Try again.
document-acknowledgement-missing = This letter still waits for another office to take note of it.
document-scan-kind = The scan of a letter must be a PDF, JPEG or PNG.
document-reason-missing = Write the reason; it is recorded.
document-replacement = The replacing letter must be another one of the same unit and kind, and in force.

# Downloads with two keys
kernel-export-purpose = Choose what it is for.
kernel-export-reason = Explain what it is needed for, in { $min } to { $max } letters.
kernel-export-why-not = Write why not, in at least 5 letters.
kernel-export-decided = This request has been decided.
kernel-export-late = This request is out of time. Have it asked for again.
kernel-export-policy = From 1 to 10,000 people and 1 to 168 hours.
kernel-notice-deadline-moved = The deadline of { $code } moved from { $from } to { $to } because of { $because }.
kernel-notice-export = A download request waits for your key.
kernel-notice-export-approved = Your download request was agreed to.
kernel-notice-export-refused = Your download request was refused.
kernel-did-export-asked = Asked for a list of people
kernel-did-export-approved = Agreed to a download with the second key
kernel-did-export-refused = Refused a download request
kernel-did-export-withdrawn = Withdrew a download request
kernel-did-export-expired = A download request ran out of time
kernel-did-export-made = A file was made
kernel-did-export-failed = A file could not be made
kernel-did-export-fetched = Downloaded a list
kernel-did-export-policy-set = Changed the rules of downloads

# Election period
kernel-election-name = Say what is elected, for example Pilkada 2029.
kernel-election-decree = Give the number and date of the decree.
kernel-election-order = The last day may not come before the first.
kernel-election-past = This period is over. Check the dates.
kernel-election-long = An election period lasts at most { $max } days. Check the year.
kernel-election-overlap = { $name } holds on some of those days already.
kernel-election-over = This election period has ended.
kernel-election-reason = Write why it is called off.
kernel-election-blast = Messages to many are off during the election period { $name } until { $until }.
kernel-election-poll = Polls are off during the election period { $name } until { $until }.
kernel-election-print = During the election period { $name } until { $until } lists with people’s names are not printed at once. Press XLSX below the list: the file leaves after a second person agrees.
kernel-did-election-declared = Declared an election period
kernel-did-election-called-off = Called an election period off
# Retention and erasure
kernel-retention-days = Records are kept for at least 1 day and at most 36,500 days.
kernel-retention-basis = Write the legal source: regulation and article, or the decree of the archive schedule.
kernel-limit-over = This limit has ended. Set a new one if it is still needed.
kernel-limit-runs = The same limit holds for this person already. Lift it first to replace it.
kernel-limit-decree = Write the decision that lifts it.
kernel-limit-restricted = The processing of this person’s data is restricted at their request ({ $decree }). The data are used for applications under way only. For anything else, ask the data protection officer to lift the restriction first.
kernel-hold-decree = Write number and date of the decision that lifts it.
kernel-hold-over = This hold has ended. Set a new one if it is still needed.
kernel-retention-drafts-title = Drafts that were not sent
kernel-retention-drafts-erases = The whole draft is erased.
kernel-retention-notices-title = Addresses of e-mail that was sent
kernel-retention-notices-erases = Address and contents are erased; that it was sent stays on record.
kernel-retention-entries-title = Network addresses and details in the audit log
kernel-retention-entries-erases = Network address and details are erased; who, when and what stay, and so does the digest of every line of the log.
