# Name of the system and menu
identity-title = Accounts and posts
identity-menu-posts = Posts & holders
identity-menu-vacant = Vacant posts
identity-menu-accounts = Accounts
identity-menu-account = My account
identity-menu-sign-out = Sign out
identity-allows-unit-admin = Keeps the posts, mandates, roles and accounts of the unit
identity-accounts-own = Accounts of those who work for your unit alone. Whoever works elsewhere too is looked after by Diskominfo.
identity-accounts-own-new = A new account is made from its post
identity-allows-village-affairs = Fills posts in every { TERM("village") }
identity-allows-admin = Keeps accounts, roles, tokens and the terms of use

# Signing in and out
identity-sign-in-title = Sign in
identity-sign-in-lead = For officers of the { TERM("village") } and of the local government. Residents need no account.
identity-sign-in = Sign in
identity-sign-in-help = Forgot your password? Ask the administrator at Diskominfo for a temporary one. Nobody will ever ask you for your password.
identity-username-needed = Enter your user name.
identity-password-needed = Enter your password.
identity-sign-in-wrong = User name or password do not match. Check capitals and small letters, then try again.
identity-sign-in-wait-seconds = Too many tries. Wait { $n } seconds, then try again.
identity-sign-in-wait-minutes = Too many tries. Wait { $n ->
    [one] one minute
   *[other] { $n } minutes
  }, then try again.
identity-temporary-over = This temporary password is too old to be used. Ask whoever made your account for another one.
identity-sign-out-title = Sign out of this account?
identity-sign-out-lead = The session on this device ends. Work already sent stays saved.
identity-sign-out = Sign out
identity-signed-out = You have signed out.

# Terms of use
identity-terms-title = Terms of use
identity-terms-since = Version { $label }, in force since { $day }.
identity-terms-example = Version { $label }: an example, until the local government publishes its own terms.
identity-terms-agree = I have read and accept these terms
identity-terms-accept = Accept and continue
identity-terms-decline = Do not accept, sign out
identity-terms-tick = Tick this if you accept. The account cannot be used before.
identity-terms-changed = The terms have just been replaced. Read this version, then accept it.
identity-terms-accepted = version { $label }, accepted { $day }
identity-terms-not-yet = not accepted yet
identity-terms-new = Publish new terms
identity-terms-new-lead = Once published, everybody reads and accepts this version before going on working.
identity-terms-label = Version
identity-terms-label-hint = For example 2026-1. Every version has a name of its own.
identity-terms-label-needed = Name the version.
identity-terms-label-taken = Version { $label } exists already. Use another name.
identity-terms-approved = Approved by { $decree } of { $day } by { $who }. Where readings differ, this text prevails.
identity-terms-versions = All versions of the terms
identity-terms-prevails = The text approved by the local government prevails. Old versions stay readable.
identity-terms-waiting = { $n } accounts have not accepted the version in force; they are asked at their next sign-in.
identity-terms-accepted-by = Accepted by { $n } accounts.
identity-terms-decree = Decree that approves it
identity-terms-decree-hint = For example Peraturan Bupati Nomor 12 Tahun 2026.
identity-terms-decree-needed = Enter the decree that approves this text.
identity-terms-decree-day = Date of the decree
identity-terms-decree-ahead = The date of the decree has not come yet.
identity-terms-approver = Approved by
identity-terms-approver-hint = The office that signed it, for example Bupati Empat Lawang.
identity-terms-approver-needed = Enter the office that approved it.
identity-terms-text = Text of the terms
identity-terms-text-hint = A line that begins with ## becomes a heading, one with - an item; empty lines part paragraphs.
identity-terms-text-needed = Enter the text of the terms.
identity-terms-text-en = English translation
identity-terms-text-en-hint = When empty, the Indonesian text is shown.
identity-terms-publish = Publish for everybody
identity-terms-published = The new terms are in force. Everybody is asked to accept them, you too.

# My account
identity-own-title = My account
identity-name = Name
identity-post = Post
identity-roles = Roles
identity-own-choose-post = Act as
identity-own-password = Change password
identity-choose-post-hint = Tasks, authority and records follow the post chosen on this device.
identity-choose-post-do = Act for this post
identity-post-chosen = You now act as { $post }.
identity-password-first = Your password was made by somebody else. Change it to one that only you know before you go on.
identity-password-lead = Other sessions of this account end once the password is changed.
identity-password-old = Present password
identity-password-new = New password
identity-password-again = New password once more
identity-password-hint = At least 10 characters. A few words you remember easily are stronger than one word with digits.
identity-password-save = Save the new password
identity-password-differs = The two new passwords differ. Type them again.
identity-password-same = The new password is still the old one.
identity-password-wrong = The present password does not match.
identity-password-changed = The password was changed. Other sessions have ended.
identity-sessions = Devices signed in
identity-sessions-hint = One you do not know? End it, then change your password.
identity-session-since = signed in { $since }, last used { $seen }, address { $address }
identity-session-here = this device
identity-session-end = End
identity-session-end-others = End all other sessions
identity-session-ended = The session has ended.
identity-device = { $browser } on { $system }
identity-device-unknown = Unknown device
identity-language = Language
identity-activity-title = My activity
identity-activity-lead = What is recorded in the name of your account, the latest first.
identity-activity-none = No activity yet.
identity-activity-none-why = What you do and the personal data you open are recorded here.
identity-receipt = log receipt
identity-activity-older = Older
identity-when = Time
identity-what = What was done

# What is recorded
identity-did-access-asked = Looked who can open a record
identity-did-access-reported = Opened the report of access rights
identity-did-account-created = Made an account
identity-did-account-dated = Changed until when an account may be used
identity-did-account-disabled = Disabled an account
identity-did-account-enabled = Enabled an account again
identity-did-account-password-changed = Changed the password of an account
identity-did-account-terms-accepted = Accepted the terms of use
identity-did-case-deadline-moved = A deadline of an application moved
identity-did-delivery-discarded = Discarded a delivery in the queue
identity-did-delivery-retried = Retried a delivery in the queue
identity-did-grant-given = Gave a role
identity-did-grant-revoked = Took back a role
identity-did-holiday-added = Entered a holiday
identity-did-holiday-cancelled = Cancelled a holiday
identity-did-holiday-imported = Imported a list of holidays
identity-did-import-brought = Compared a list of officials
identity-did-import-chosen = Chose rows of an import of officials
identity-did-import-ran = Ran an import of officials
identity-did-import-thrown-away = Threw an import of officials away
identity-did-import-undone = Undid an import of officials
identity-did-job-cancelled = Cancelled work in the background
identity-did-job-discarded = Discarded work in the background
identity-did-job-retried = Retried work in the background
identity-did-mandate-ended = Ended a mandate
identity-did-mandate-given = Gave a mandate
identity-did-acts-laid-before = Asked for confirmation of acts of a former holder
identity-did-agreement-proposed = Entered a third party
identity-did-agreement-registered = Registered a third party's NDA
identity-did-mutation-act-decided = Decided an act of a former holder
identity-did-mutation-cancelled = Took a mutation back
identity-did-mutation-drafted = Drafted a mutation
identity-did-mutation-line-added = Added a person to a draft mutation
identity-did-mutation-line-removed = Took a person out of a draft mutation
identity-did-mutation-revised = Changed a draft mutation
identity-did-mutation-set = Set a mutation
identity-did-mutation-thrown-away = Threw a draft mutation away
identity-did-mutation-took-effect = A mutation took effect
identity-did-notice-again = Sent a notice again
identity-did-notice-manual = Noted a notice by WhatsApp
identity-did-notice-read = Read a notice
identity-did-notice-settled = Settled a notice
identity-did-offering-adopted = Opened a service at a unit
identity-did-offering-overrides = Changed how a unit offers a service
identity-did-offering-state = Changed the state of a service
identity-did-password-temporary = Made a temporary password
identity-did-password-owned = Changed a temporary password to an own one
identity-did-person-created = Entered a new person
identity-did-person-found = Looked for residents by name
identity-did-person-found-by-nik = Looked for a resident by NIK
identity-did-person-revealed = Opened personal data
identity-did-post-appointed = Entered an appointment to a post
identity-did-post-closed = Abolished a post
identity-did-post-created = Made a post
identity-did-post-ended = Ended a term of office
identity-did-post-retitled = Renamed a post
identity-did-review-decided = Decided a right under review
identity-did-review-escalated = Handed up an overdue review of access
identity-did-review-looked = Looked at somebody's right under review
identity-did-review-opened = Opened a review of access
identity-did-service-hours-set = Changed service hours
identity-did-session-closed = Signed out
identity-did-session-opened = Signed in
identity-did-session-revoked = Ended a session on another device
identity-did-sign-in-refused = A sign-in that failed
identity-did-terms-published = Published terms of use
identity-did-token-created = Made a token
identity-did-token-revoked = Revoked a token
identity-did-unit-closed = Closed a unit
identity-did-unit-created = Made a unit
identity-did-unit-relocated = Changed the address of a unit
identity-did-unit-renamed = Renamed a unit
identity-did-hold-lifted = Lifted a legal hold
identity-did-limit-lifted = Lifted a limit on the processing of data
identity-did-limit-set = Set a limit on the processing of data
identity-did-hold-set = Set a legal hold
identity-did-record-erased-again = Erased again what a backup had brought back
identity-did-retention-decided = Decided how long records are kept
identity-did-retention-erased = Erased data whose time was over
identity-did-retention-reported = Wrote a deletion report

# Posts
identity-units-lead = Who acts today, and as what.
identity-unit-own = your unit
identity-units-other = Other units
identity-unit-search = Name of the unit
identity-unit = Unit
identity-unit-parts = Units below
identity-board = Posts
identity-board-of = Posts of { $unit }
identity-board-today = as of { $day }
identity-acts-today = Acts today
identity-since-until = Term
identity-since = since { $from }
identity-from-until = { $from } to { $until }
identity-decree = Decree
identity-vacant = vacant
identity-vacant-here = { $n ->
    [one] One post is vacant.
   *[other] { $n } posts are vacant.
  }
identity-stands-in = { $kind }; { $name } is away and keeps the post
identity-kind = As
identity-kind-definitive = Definitive
identity-kind-definitive-when = Appointed or elected; ends the Pj. and Plt. before.
identity-kind-pj = Penjabat (Pj.)
identity-kind-pj-when = Fills a vacant post with its whole authority.
identity-kind-plt = Pelaksana tugas (Plt.)
identity-kind-plt-when = Runs a vacant post beside the own one.
identity-kind-plh = Pelaksana harian (Plh.)
identity-kind-plh-when = Stands in for a holder who is away and keeps the post.
identity-today-nobody = Nobody acts for this post today.
identity-today-nobody-why = Tasks for this post wait until it is filled.
identity-today-acts = Today { $name } acts as { $kind },
identity-today-span = { $span }.
identity-today-keeps = { $span }. { $name } is away and keeps the post.
identity-fill = Fill the post
identity-appoint = Appoint a holder
identity-appoint-plh = Appoint a Plh.
identity-history = History
identity-never-held = Never filled yet.
identity-in-effect = in effect
identity-to-come = to come
identity-end = End…
identity-entered-late = In effect since { $from }, but entered only { $entered }, { $gap } later. { $n ->
    [0] No letter was signed in between.
   *[other] Letters signed in between: { $n }.
  }
identity-has-account = User name: { $username }.
identity-account-open = See the account
identity-no-account = No account yet
identity-no-account-why = Without an account the work of this post cannot be done. The temporary password is shown once after the account is made.
identity-account-give = Make an account
identity-account-exists = This person has an account already. Load the page of the post again.
identity-nobody-acts = Nobody acts for this post yet. Fill the post first.
identity-post-roles = Roles of this post
identity-post-roles-hint = Whoever acts for this post has these roles, and loses them when the term ends.
identity-roles-none = No roles yet.

# Filling a post
identity-find-title = Who fills the post { $post }?
identity-find-name = Name or NIP
identity-find-hint = Officials of the whole regency; in a { TERM("village") } its residents too.
identity-find = Search
identity-find-none = Nobody is called { $typed }.
identity-find-none-why = Check the spelling, type only a part of the name, or enter a new person.
identity-found-officials = Officials
identity-found-residents = Residents
identity-find-new = Enter somebody not on record
identity-choose-other = Choose somebody else
identity-appoint-title = Filling the post { $post }
identity-person-name = Full name
identity-person-name-hint = With titles, as on the decree. No NIK is needed.
identity-name-needed = Enter the full name.
identity-nip = NIP, NIPD or NIAP
identity-nip-hint = Printed below the signature.
identity-nip-wrong = This NIP of 18 digits cannot be read: its first eight digits must be a date of birth. Check it.
identity-nip-is-nik = This looks like a NIK. Enter a NIP, NIPD or NIAP, or leave it empty.
identity-kind-needed = Choose as what.
identity-decree-number = Number and date of the decree
identity-decree-hint = For example 141/212/2026, 20 November 2026. For a Plh.: the number of the order.
identity-from-day = In effect from
identity-from-hint = From the beginning of that day.
identity-from-hour = At
identity-from-hour-hint = Empty: from the beginning of the day. A Plh. may begin in the middle of a day.
identity-effect-hint = The date of the decree; it may lie before today. Entered now, { $now }; both moments are kept apart.
identity-until-day = Until and including
identity-until-hint = Empty: until it is ended.
identity-until-hour = Until the hour
identity-until-hour-hint = Empty: to the end of that day.
identity-plh-until-needed = A Plh. is for a while: enter until when.
identity-from-needed = Enter from when it is in effect.
identity-day-needed = Enter the date.
identity-date-wrong = This date cannot be read. Write it like 22-11-2026.
identity-hour-wrong = This hour cannot be read. Write it like 13.30.
identity-appoint-do = Enter and put into effect
identity-appointed = Entered. In effect since { $from }; tasks and authority of this post have moved.
identity-appointed-ahead = Entered { $entered }. In effect from { $from }; until then nothing changes.
identity-appointed-behind = Entered { $entered }, in effect since { $from }. Tasks and authority have moved; letters signed in between are named in the history.
identity-end-title = Ending a term: { $post }
identity-end-day = Ends on
identity-end-hour = At
identity-end-hint = It may lie before or after today. At the moment it began means it was never in effect.
identity-end-do = End the term
identity-ended = The term of { $name } ends { $at }.

# Who can see what
identity-menu-sights = Who sees what
identity-sights-title = Who can see what
identity-sights-lead = Computed from the roles, posts and mandates in effect now, by the same measure that filters every list.
identity-sights-find = Code of an application, verification code of a letter, or a username
identity-sights-find-hint = A code: every account that can open it. A username: everything it can open.
identity-sights-not-found = Not found: { $typed }.
identity-sights-not-found-why = Check the code. What is outside your units is not shown.
identity-sights-accounts = All accounts
identity-sights-count = { $n ->
    [0] No account.
    [1] One account within your reach.
   *[other] { $n } accounts within your reach; the first 100 below, all of them in the file.
  }
identity-sights-file = Download Excel
identity-sight-case = Who can open { $code }
identity-sight-resident = Who can open data of residents of { $unit }
identity-sight-lead = { $n ->
    [0] No account can open it at { $unit }.
    [1] One account can open it at { $unit }.
   *[other] { $n } accounts can open it at { $unit }.
  }
identity-sight-why = Why
identity-sight-nobody = No account can open it.
identity-sight-nobody-why = No role, post or mandate reaches it yet.
identity-sight-link-hint = Besides: the applicant with the code and a proof, and whoever got the link from them. Who has opened it is in the record of access.
identity-sight-account = What { $name } can see
identity-sight-nothing = Can open nothing.
identity-sight-everything = Everything.
identity-sight-count = { $n ->
    [0] None at present.
    [1] One at present.
   *[other] { $n } at present.
  }
identity-sight-does = What it can do
identity-sight-does-nothing = No role gives it any power.
identity-why-post-role = Role { $role } at { $unit }, by the post { $post }
identity-why-own-role = Role { $role } at { $unit }, given to the account
identity-why-desk = It lies with { $post }
identity-why-mandate = Mandate { $form } of { $from } to { $own }

# Third parties
identity-menu-third-parties = Third parties
identity-third-lead = Vendors, auditors and students work with dated accounts under a non-disclosure agreement (NDA).
identity-third-soon-count = { $n } end within { $days } days.
identity-third-new = Enter a third party
identity-third-new-lead = The account is made now and can be used once the signed NDA is registered.
identity-third-none = No third parties yet.
identity-third-none-why = Enter vendors, auditors or students who need to come in.
identity-third-organisation = Company, institution or university
identity-third-organisation-hint = For example PT Sinar Data, BPK, Universitas Sriwijaya.
identity-third-kind = As
identity-third-kind-needed = Choose as what.
identity-third-kind-vendor = Vendor
identity-third-kind-auditor = Auditor
identity-third-kind-student = Student or researcher
identity-third-kind-other = Other
identity-third-purpose = What for
identity-third-purpose-hint = Why they need to come in, for example maintenance of the network.
identity-third-sponsor = Sponsoring post
identity-third-sponsor-hint = Asked for this account and answers for it.
identity-third-sponsor-needed = Choose the sponsoring post.
identity-third-unit = Place of work
identity-third-unit-hint = Roles are given at this unit or below.
identity-third-unit-needed = Choose the unit.
identity-third-until-hint = The account ends on this day, at the latest with its NDA.
identity-third-no-nda = waits for an NDA
identity-third-no-nda-yet = NDA not registered; cannot sign in yet
identity-third-in-force = in force
identity-third-soon = ends soon
identity-third-ended = has ended
identity-third-nda = { $number }, until { $day }
identity-third-nda-head = NDA
identity-third-nda-number = Number of the NDA
identity-third-nda-signed = Signed on
identity-third-nda-until = In force until
identity-third-nda-register = Register the NDA
identity-third-nda-renew = Register a new NDA
identity-third-nda-hint = From then on the account can be used until the NDA ends; after that nobody signs in with it.
identity-third-nda-do = Register
identity-third-registered = The NDA is registered. The account can be used until { $day } at the latest.

# Review of access
identity-menu-reviews = Review of access
identity-reviews-lead = Each quarter the head of a unit reviews everybody's rights. What is overdue goes up to the regency secretary.
identity-reviews-none = No reviews yet.
identity-reviews-none-why = They open by themselves at the beginning of a quarter, from the one after the first account was made.
identity-review-title = Review of access, { $unit }
identity-review-lead = Open each, look at what the person can do, and keep or remove it. What is removed ends at once.
identity-review-rights = Rights
identity-review-right = Person and right
identity-review-figures = { $n } rights; waiting { $waiting }, removed { $removed }
identity-review-open = running
identity-review-escalated = overdue, with the regency secretary
identity-review-closed = done
identity-review-waits = not opened yet
identity-review-looked = opened
identity-review-kept = kept
identity-review-removed = removed
identity-review-never-in = Has never signed in.
identity-review-last-in = Signed in last on { $day }.
identity-review-looked-count = { $n ->
    [0] None opened yet.
   *[other] Opened and not yet decided: { $n }.
  }
identity-review-keep-all = Keep all that were opened
identity-review-keep = Keep
identity-review-remove = Remove
identity-review-grant-hint = This role was given to the account itself. Removed, it ends at once.
identity-review-holding-hint = This right comes with the post. Remove it only when the person no longer holds it: the holding ends at once.
identity-review-decided = This right has been decided.
identity-review-reason = Write why it is removed.
identity-review-open-first = Open the rights that are to be kept first.
identity-review-kept-now = The right is kept.
identity-review-removed-now = The right is removed and has ended.
identity-review-kept-some = Kept: { $n }.
identity-review-start = Begin the review of this quarter
identity-review-start-hint = For units that have none yet; usually they open by themselves.
identity-review-started = Reviews opened: { $n }.
identity-work-access-review = Review access

# Import of officials
identity-menu-imports = Import officials
identity-imports-title = Import of officials
identity-imports-lead = A list of civil servants and officials of the { TERM("village") } from CSV or Excel. It is compared with who is here first; nothing changes before you choose.
identity-imports-example = Download an example
identity-imports-before = Imports before
identity-imports-none = No imports yet.
identity-imports-none-why = Choose a file above to begin.
identity-import-file = File
identity-import-file-hint = Columns: nama, nip (NIP, NIPD or empty), jabatan, unit (Kemendagri code or name), pangkat, jenis, mulai, sampai, keputusan.
identity-import-look = Compare
identity-import-choose = Choose the file.
identity-import-large = The file is too large. At most { $max } MB.
identity-import-kind = This is no CSV or Excel file that can be read. Save it again as .xlsx or .csv (UTF-8).
identity-import-no-head = No head was found. Use the column titles of the example.
identity-import-columns = Columns missing: { $columns }.
identity-import-too-many = Too many rows. At most { $max }; make several files of it.
identity-import-empty = No rows below the head.
identity-import-name = No name.
identity-import-title = No post.
identity-import-unit = No unit.
identity-import-decree = No decree.
identity-import-nip = The NIP of 18 digits cannot be read.
identity-import-nik = This seems to be a NIK. Enter the NIP or NIPD, or nothing.
identity-import-from = The first day cannot be read.
identity-import-until = The last day cannot be read.
identity-import-ends-before = It ends before it begins.
identity-import-holding-kind = Unknown kind. Use definitif, Pj, Plt or Plh.
identity-import-not-kept = You do not look after this unit.
identity-import-plh-vacant = This post is vacant, so there is nobody a Plh. stands in for.
identity-import-twice = Another row names this post already.
identity-import-unit-several = Several units have this name. Use the code.
identity-import-unit-unknown = The unit was not found. Use its Kemendagri code or whole name.
identity-import-draft = waits for your choice
identity-import-done = done
identity-import-undone = undone
identity-import-lead = What is new is ticked. For what differs and what is not in the file, choose row by row.
identity-import-verdicts = What the comparison found
identity-import-verdict-wrong = Cannot come in
identity-import-verdict-different = Different
identity-import-verdict-missing = Here, not in the file
identity-import-verdict-new = New
identity-import-verdict-same = The same
identity-import-line = row { $n }
identity-import-since = since { $day }, { $decree }
identity-import-makes-post = the post is made
identity-import-here = here: { $name }, since { $day }, { $decree }
identity-import-take = Take it from the file
identity-import-take-end = End it today
identity-import-choose-do = Keep the choice
identity-import-chosen = The choice is kept.
identity-import-taken = Chosen: { $n } rows. The others stay as they are.
identity-import-run = Run the import
identity-import-throw-away = Throw this import away
identity-import-thrown-away = Thrown away. Nothing has changed.
identity-import-undo = Undo the whole import
identity-import-undo-hint = Only while nothing was built on it: no signature, no account, no later change.
identity-import-undone-now = Undone. Everything is as before.
identity-import-told = Done: { $people } new people, { $posts } new posts, { $appointed } appointments, { $changed } corrected, { $ended } ended.
identity-import-state = This import was run or undone already.
identity-import-nothing = Choose at least one row.
identity-import-built-on = Something was built on this import or changed since, so it cannot be undone whole.

# Mutations
identity-menu-mutations = Mutations
identity-mutations-lead = A decree is entered once. Rights, tasks, mandates and sessions move by themselves at its minute.
identity-mutations-none = No mutations yet.
identity-mutations-none-why = Enter decrees of appointment, transfer, Plt., Plh., secondment or dismissal here.
identity-mutation-new = Enter a mutation
identity-mutation-change = Change the decree and its moment
identity-mutation-new-lead = First the decree. Then add the people, look at what follows, and set it.
identity-mutation-decree = Number of the decree
identity-mutation-decree-hint = For example 800/125/BKPSDM/2026. For a Plh.: the number of the order.
identity-mutation-decree-needed = Enter the number of the decree.
identity-mutation-decreed-on = Date of the decree
identity-mutation-effective = Takes effect
identity-mutation-effective-hint = May lie in the past: a decree that came late is entered as it is.
identity-mutation-hour-hint = Local time. Empty: from the beginning of the day.
identity-mutation-mandates-end = Mandates given by the former holder end too
identity-mutation-mandates-end-hint = The new holder gives new ones. Mandates of a post that falls vacant always end.
identity-mutation-next = On to the people
identity-mutation-people = { $n ->
    [0] nobody yet
    [1] one person
   *[other] { $n } people
  }
identity-mutation-draft = draft
identity-mutation-set = set, not yet in effect
identity-mutation-done = in effect
identity-mutation-cancelled = taken back
identity-mutation-lead = Decree of { $day }. Takes effect { $at }.
identity-mutation-late = This decree is late: in effect since { $at }, { $gap } ago.
identity-mutation-late-acts = { $n ->
    [0] The former holder did nothing in between.
    [1] One act of the former holder in between will be laid before the present one.
   *[other] { $n } acts of the former holder in between will be laid before the present one, one by one.
  }
identity-mutation-lines = People
identity-mutation-lines-none = Nobody on this mutation yet.
identity-mutation-add = Add a person
identity-mutation-add-do = Add
identity-mutation-line-remove = Take out
identity-mutation-line-removed = Taken out of the draft.
identity-mutation-who = Who is moved?
identity-mutation-find-hint = Officials of the whole government.
identity-mutation-where = From where to where?
identity-mutation-narrow = Find a post or unit
identity-mutation-manner = What happens
identity-mutation-manner-needed = Choose what happens to this person.
identity-mutation-from-post = Post left
identity-mutation-from-post-hint = For a transfer or release: the post that is left. For a secondment: the post that is kept.
identity-mutation-to-post = Post taken
identity-mutation-to-post-hint = In brackets: who acts when the mutation takes effect.
identity-mutation-no-post = None
identity-mutation-until-hint = Needed for a Plh. and a secondment. Empty for others: until it is ended.
identity-mutation-rests = The own post rests during the secondment
identity-mutation-rests-hint = Its rights stop, and come back by themselves afterwards.
identity-mutation-hand-tasks = Open tasks of the post left go to
identity-mutation-hand-tasks-hint = Seldom needed: tasks follow the post and wait for whoever follows.
identity-mutation-tasks-stay = They stay with the post
identity-mutation-not-kept = That post is not of a unit you look after. Ask Diskominfo or the admin of the unit.
identity-manner-appoint = Appointment or transfer
identity-manner-appoint-when = Takes the post named; leaves the one left, if any. Also for Pj., Plt. and Plh.
identity-manner-second = Secondment
identity-manner-second-when = Works in another post for a time; the own post is kept.
identity-manner-release = Release from a post
identity-manner-release-when = Leaves the post, stays an official.
identity-manner-retired = Retirement
identity-manner-retired-when = Every post, role and the account end.
identity-manner-moved-out = Moves to another institution
identity-manner-moved-out-when = Every post, role and the account end.
identity-manner-died = Death
identity-manner-died-when = Every post, role and the account end.
identity-manner-dismissed = Dismissal
identity-manner-dismissed-when = Dismissed from the civil service or as official of the { TERM("village") }: everything ends.
identity-mutation-from-to = from { $from } to { $to }
identity-mutation-to = to { $to }
identity-mutation-from = from { $from }
identity-mutation-until = until { $at }
identity-mutation-home-rests = the own post rests
identity-mutation-tasks-to = open tasks go to { $post }
identity-mutation-preview = What follows
identity-mutation-preview-hint = Nothing has changed yet. Look before you set it.
identity-mutation-roles-pass = Rights that pass: { $roles }
identity-mutation-no-tasks = No open tasks.
identity-mutation-tasks-pass = { $n ->
    [1] One open task passes to { $who }.
   *[other] { $n } open tasks pass to { $who }.
  }
identity-mutation-tasks-wait = { $n ->
    [1] One open task waits until the post is filled.
   *[other] { $n } open tasks wait until the post is filled.
  }
identity-mutation-sessions = { $n ->
    [1] One device signed in leaves this post.
   *[other] { $n } devices signed in leave this post.
  }
identity-mutation-endings = Ends with it
identity-mutation-mandate-ends = The mandate of { $from } to { $to }
identity-mutation-grant-ends = The role { $role } of the account itself
identity-mutation-account-ends = The account { $username }: no more signing in, its sessions end
identity-mutation-later = Afterwards
identity-mutation-comes-back = { $who } comes back to the own post { $span }
identity-mutation-acts = Acts in between
identity-mutation-acts-hint = Done by the former holder after the mutation took effect. The present one confirms or revokes them one by one.
identity-mutation-set-hint = Until its moment it can still be taken back whole.
identity-mutation-set-do = Set the mutation
identity-mutation-throw-away = Throw the draft away
identity-mutation-take-back = Take the mutation back
identity-mutation-take-back-hint = Everything arranged is as it was before.
identity-mutation-told = In effect since { $at }. Rights and tasks have moved.
identity-mutation-told-ahead = Set. Takes effect { $at }; nothing changes until then.
identity-mutation-told-acts = In effect since { $at }. { $n ->
    [1] One act in between waits for the present holder's confirmation.
   *[other] { $n } acts in between wait for the present holder's confirmation.
  }
identity-mutation-taken-back = Taken back. Everything is as before it was set.
identity-mutation-thrown-away = The draft was thrown away.
identity-notice-mutation = This post passed on by { $decree }. Open tasks: { $tasks }.

# Acts between a late decree
identity-act-letter = { $letter } number { $number }
identity-act-initial = Initials on { $letter }
identity-act-task = A step of the application { $code }
identity-act-waits = waits for a decision
identity-act-confirmed = confirmed
identity-act-revoked = revoked
identity-confirm-title = Acts of the former holder: { $post }
identity-confirm-back = My tasks
identity-confirm-lead = The decree came late. These acts were done by somebody who no longer held the post then. Confirm or revoke each; a revoked letter is no longer in force.
identity-confirm-due = Finish before { $at }.
identity-confirm-reason = Reason
identity-confirm-reason-hint = Needed when it is revoked.
identity-confirm-do = Confirm
identity-confirm-revoke = Revoke
identity-confirm-one-done = The decision is noted.
identity-confirm-all-done = Every act is decided.
identity-confirm-closed = decided
identity-confirm-waits = waits for the present holder
identity-work-mutation-acts = Confirm or revoke acts of the former holder

# Vacant posts
identity-vacant-title = Vacant posts
identity-vacant-lead = { $n ->
    [0] No vacant post matches.
    [one] One post waits to be filled. Its tasks stand still until somebody acts.
   *[other] { $n } posts wait to be filled. Their tasks stand still until somebody acts.
  }
identity-vacant-heads = Heads of { TERM("village") } or unit
identity-vacant-secretaries = Secretaries
identity-vacant-all = All posts
identity-vacant-since = vacant since { $day } ({ $length })
identity-vacant-none = Every post is filled.
identity-vacant-none-why = A post appears here as soon as nobody acts for it.
identity-action = Action

# Mandates
identity-mandates = Mandates to sign
identity-mandates-hint = Posts that may sign on behalf of another. A mandate rests while the post that gave it is vacant.
identity-mandates-none = No mandates yet.
identity-every-letter = every letter
identity-form-an = signs a.n.
identity-form-ub = signs u.b.
identity-form-an-name = On behalf of (a.n.)
identity-form-an-when = For the post right above.
identity-form-ub-name = For them in turn (u.b.)
identity-form-ub-when = Handed on by a post that itself holds an a.n. mandate.
identity-form-needed = Choose the form.
identity-post-needed = Choose the post.
identity-mandate-give = Give a mandate
identity-mandate-from = Post that gives it
identity-mandate-from-hint = The letters are this post's.
identity-mandate-to = Post that signs
identity-mandate-to-hint = Whoever acts for this post at that moment.
identity-mandate-form = Form
identity-mandate-kinds = Kinds of letter
identity-mandate-kinds-hint = None ticked: every kind.
identity-mandate-decree-hint = The written ground, for example an order of the head.
identity-mandate-do = Enter the mandate
identity-mandate-given = The mandate was entered.
identity-mandate-end-title = Ending a mandate
identity-mandate-end-do = End the mandate
identity-mandate-ended = The mandate ends { $at }.

# Roles
identity-role = Role
identity-role-give = Give a role
identity-role-give-do = Give this role
identity-role-given = The role { $role } was given.
identity-role-revoke = Take back
identity-role-revoked = The role { $role } was taken back.
identity-role-needed = Choose a role that you may give.
identity-role-unit = At the unit
identity-role-unit-hint = Name or code of the unit; it covers the units below too. Empty: the whole regency.
identity-role-decree-hint = The ground of the appointment, if there is one.
identity-unit-unknown = There is no such unit. Write its whole name, such as Desa Tanjung Raman, or its code.
identity-unit-several = Several units have this name. Write the code: { $units }.
identity-role-operator = Operator
identity-role-operator-does = Serves at the counter and enters applications.
identity-role-examiner = Examiner
identity-role-examiner-does = Checks applications.
identity-role-initialer = Initialer
identity-role-initialer-does = Puts initials before the signature.
identity-role-signer = Signer
identity-role-signer-does = Signs letters.
identity-role-registrar = Registrar
identity-role-registrar-does = Keeps numbers, agenda and dispatch books.
identity-role-unit-admin = Unit administrator
identity-role-unit-admin-does = Keeps people, posts and roles of the unit.
identity-role-village-affairs = Village affairs (DPMD)
identity-role-village-affairs-does = Fills posts in every village.
identity-role-admin = Administrator (Diskominfo)
identity-role-admin-does = Keeps accounts and settings, sees no content of applications.
identity-role-overseer = Overseer
identity-role-overseer-does = Reads figures and applications, changes nothing.
identity-role-privacy-officer = Data protection officer
identity-role-privacy-officer-does = Handles requests of residents about their data, data breaches and retention.
identity-role-inspector = Inspektorat
identity-role-inspector-does = Reads the audit trail, follows up unusual access and checks the data; changes nothing.
identity-role-keyholder = Keeper of the second key
identity-role-keyholder-does = Agrees to or refuses the downloads of others.

# Accounts
identity-account-search = Name or user name
identity-state = State
identity-state-any = All
identity-state-active = active
identity-state-disabled = disabled
identity-state-expired = expired
identity-state-until = until { $day }
identity-accounts-none = No accounts yet.
identity-accounts-none-why = Everybody who works here uses an account of their own.
identity-account-new = Make an account
identity-account-whose = For whom?
identity-account-whose-hint = Look for the name or NIP of an official on record, so that the account follows the post.
identity-account-for = Account for { $name }.
identity-account-without-person = Or without a post
identity-account-name = Name shown
identity-account-name-hint = For a machine: the name of the application.
identity-username-hint = Small letters, digits and dots between them; no NIK or NIP.
identity-account-kind = Kind of account
identity-account-person = Person
identity-account-machine = Machine (through the API)
identity-account-third-party = Third party
identity-account-until = Last day the account may be used
identity-account-until-hint = Needed for third parties. Empty: no limit.
identity-account-make = Make the account
identity-expiry-past = This date has passed.
identity-machine-made = The machine's account was made. Make its token below.
identity-account-roles = Roles of this account itself
identity-account-roles-hint = Roles of posts follow the post and are not listed here.
identity-account-acts = Actions
identity-account-reset = Make a temporary password
identity-account-reset-hint = Every session of this account ends; the password must be changed at sign-in.
identity-account-date = Save the date
identity-account-dated = The last day of the account was saved.
identity-account-enable = Enable again
identity-account-enabled = The account is enabled again.
identity-account-disable = Disable the account
identity-account-disable-hint = Every session and token of this account stops at once.
identity-account-disabled = The account is disabled; its sessions and tokens have stopped.
identity-not-yourself = This would lock you out yourself. Ask another administrator to do it.
identity-temporary-since = temporary, made { $at }
identity-made-title = The account is ready
identity-made-lead = Hand it to the person directly. This password is shown only once, on this page.
identity-made-days = This password holds for { $n } days and must be changed at the first sign-in.
identity-made-back = I have noted it
identity-tokens = API tokens
identity-tokens-hint = Machines use tokens in place of a password. Give each application its own.
identity-tokens-none = No tokens yet.
identity-token-new = New token
identity-token-label = What for
identity-token-label-hint = For example: OpenSID Desa Tanjung Raman.
identity-token-until = Last day it holds
identity-token-until-hint = A token that ends by itself is safer.
identity-token-make = Make a token
identity-token-made = The token was made
identity-token-made-lead = Copy it now. This token is shown only once.
identity-token-use = Send it as the HTTP request header “Authorization: Bearer …”.
identity-token-revoke = Revoke
identity-token-revoked = The token was revoked and stopped at once.
identity-token-forever = without an end

# Restrictions
identity-restriction-title = Restriction of the account
identity-restriction-lead = Your account is restricted. Work and data cannot be opened until the restriction ends or is lifted.
identity-restriction-from = In force since
identity-restriction-until = Ends
identity-restriction-for-good = without an end
identity-restriction-reason = Reason
identity-restriction-rights = Your rights
identity-restriction-right-read = You may read the decree and its reason here for as long as the restriction lasts.
identity-restriction-right-answer = You may answer and appeal.
identity-restriction-right-end = A restriction with an end ends by itself; access returns at that moment.
identity-restriction-appeal = Answer or appeal
identity-restriction-appeal-office = An appeal goes in writing to the official who signed this decree.
identity-restriction-none = Your account is not restricted.
identity-restriction-past = Other restrictions on record
identity-restriction-lifted = lifted
identity-restriction-over = ended

# Security of the account
identity-told-title = What you should know
identity-told-new-device = Signed in from a new device: { $device }, address { $address }, { $at }.
identity-told-session-foreign = Your session was used from elsewhere ({ $device }, address { $address }, { $at }) and was ended.
identity-told-restricted = Your account was restricted by decree at { $at }.
identity-told-restored = The restriction of your account was lifted at { $at }.
identity-told-case-news = There is news in a case about your account, { $at }.
identity-told-open = Open
identity-told-mine = Yes, that was me
identity-told-not-mine = It was not me
identity-told-read = I have read this
identity-told-hint = If it was not you: all other sessions end, no other device is known any more, and you are asked to change your password.
identity-told-thanks = Thank you, noted.
identity-told-disowned = All other sessions have ended and Diskominfo was told. Now change your password.
identity-browsers = Known browsers
identity-browsers-hint = From these you can always sign in, however often others guess at your password. "End all other sessions" also forgets the other browsers.
identity-browser-since = known since { $first }, last { $seen }
identity-mail-title = Security e-mail
identity-mail-lead = We write to this address when your account is used from a new device, and when a case concerns it (what it says is read after signing in). It is used for nothing else.
identity-mail-address = E-mail address
identity-mail-hint = Leave it empty to get no e-mail. The news still appears on the page of your account.
identity-mail-save = Save the address
identity-mail-saved = The security e-mail address was saved.
identity-mail-device-subject = Your account was used from a new device
identity-mail-device-body = Your account at { $government } was just used to sign in from { $device }, address { $address }, { $at }. If that was you, there is nothing to do. If not, open { $url } and press "It was not me".
identity-mail-foreign-subject = A session of your account was ended
identity-mail-foreign-body = The session of your account at { $government } was used from elsewhere ({ $device }, address { $address }, { $at }), so we ended it. Sign in again at { $url } and check whether that was you.
identity-mail-contact-subject = The security e-mail address was changed
identity-mail-contact-body = The security e-mail address of your account at { $government } was changed at { $at } from { $device }, address { $address }. If that was not you, call Diskominfo.
identity-mail-alarm-subject = Security alarm
identity-mail-alarm-body = { $government }: a threshold was passed. Kind { $kind }, { $number } times within { $minutes } minutes. The details: { $url }

# Security events
identity-menu-events = Security events
identity-events-title = Security events
identity-events-lead = What the guard of the accounts noticed: failed sign-ins, delays, new devices, sessions used from elsewhere, restrictions.
identity-events-day = Since yesterday:
identity-events-none = No event matches.
identity-events-none-why = Change the filter, or be glad that nothing happened.
identity-signal-kind = Kind
identity-signal-account = Account
identity-signal-place = Where from
identity-signal-network = Network or address
identity-signal-address = Address
identity-signal-device = Device
identity-signal-more = Details
identity-signal-from = From
identity-signal-until = Until
identity-signal-nobody = unknown
identity-signal-sign-in-refused = Failed sign-in
identity-signal-delayed = Delay
identity-signal-new-device = New device
identity-signal-session-moved = Session changed network
identity-signal-session-foreign = Session used from elsewhere
identity-signal-disowned = Owner denies
identity-signal-restricted = Account restricted
identity-signal-restored = Restriction lifted
identity-signal-case-news = News of a case
identity-signal-revealed-much = Much personal data opened
identity-signal-alarm = Alarm
identity-signal-delay = { $of } waits { $n } seconds
identity-signal-reveals = { $n } times within an hour
identity-signal-alarmed = { $kind }: { $n } within { $minutes } minutes
identity-delay-account = account
identity-delay-address = address
identity-delay-network = network
identity-delay-device = known browser
identity-delay-other = other tries
identity-thresholds-title = Thresholds of alarms
identity-thresholds-lead = When a threshold is passed, administrators get an e-mail and an event "Alarm" is recorded.
identity-thresholds-remark = The shipped values are our estimate; fit them to what is usual with you.
identity-thresholds-mail = E-mail goes to every administrator who gave an address:
identity-threshold-rule = { $n } times within { $minutes } minutes, { $by }
identity-threshold-all = counted over all
identity-threshold-account = counted by account
identity-threshold-network = counted by network
identity-threshold-on = active
identity-threshold-off = not active
identity-threshold-change = Change
identity-threshold-least = At least how often
identity-threshold-minutes = Within how many minutes
identity-threshold-active = Raise alarms
identity-threshold-number = Enter a number from 1 to { $most }.
identity-threshold-save = Save the threshold
identity-threshold-saved = The threshold was saved.
identity-did-restriction-placed = Restricted an account
identity-did-restriction-lifted = Lifted the restriction of an account
identity-did-session-foreign = Ended a session used from elsewhere
identity-did-sign-in-disowned = Denied a sign-in
identity-did-contact-changed = Changed the security e-mail
identity-did-owner-told = Told the owner of an account
identity-did-threshold-changed = Changed a threshold of alarms
identity-did-alarm-raised = Raised a security alarm
identity-processing-accounts-title = Accounts and posts of officers
identity-processing-accounts-purpose = To know who has authority and answers for what.
identity-processing-accounts-subjects = Civil servants, village officials, third parties
identity-processing-accounts-receivers = Administrators of units and of the government
