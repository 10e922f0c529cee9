# The frame of pages
web-skip = Skip to content
web-demo = SAMPLE: data and letters here are invented; this is not an official service.
web-demo-label = Sample notice
web-nav = Main menu
web-foot-nav = About and language
web-about = About
web-login = Sign in
web-to-work = My tasks
web-to-home = To the front page
web-menu = Menu
web-menu-close = Close menu
web-menu-books = Books
web-menu-unit = { TERM("Village") } and unit
web-menu-government = Government
web-menu-self = Me
web-print = Print
web-back = Back
web-continue = Continue
web-cancel = Cancel
web-reveal = Show
web-recorded = is recorded

# Forms
web-optional = (may be empty)
web-choose = Choose…
web-all = All
web-day = Day
web-month = Month
web-year = Year
web-file-hint = At most { $size }. Photos are made smaller on your phone before they are sent.
web-file-here = received
web-errors-title = { $n ->
    [one] 1 answer needs correcting
   *[other] { $n } answers need correcting
  }
web-username = User name
web-password = Password

# Lists
web-filter = Show
web-filter-clear = Clear the filter
web-none-found = Nothing matches.
web-none-found-next = Check the spelling, use fewer words, or clear the filter.
web-pages = Pages of the list
web-back-to-list = Back to the list
web-previous = ← Previous
web-next = Next →
web-export = Download this list:
web-chart-table = See the figures as a table
web-keys-move = move
web-keys-open = open
web-keys-search = search
web-keys-off = no shortcuts

# Words for the script on the device
web-script-saved-here = Weak signal: what you typed is kept on this device and goes to the server once the signal is back.
web-script-restored = What you typed last on this device is back.
web-script-offline = No signal. Go on: everything is kept on this device.
web-script-not-sent = Not sent, as there is no signal. What you typed is kept on this device; press again once the signal is back.
web-script-saved-there = saved on the server
web-script-saving = saving…
web-script-save-failed = not saved yet
web-script-sending = sending
web-script-sent = sent
web-script-send-failed = not sent yet; it will be tried again
web-script-shrunk = photo made smaller, now
web-script-too-large = This file is too large. Choose a smaller one.

# The session ended
web-expired-title = Your session has ended
web-expired-kept = You were away for long, so please sign in again. What you typed is kept and comes along.
web-expired-lost = You were away for long, so please sign in again. What you typed cannot be carried along; after signing in, use the browser's back button to send it again.
web-expired-secret = You were away for long, so please sign in again. A password is never kept: type it again after signing in.
web-expired-files = The files you chose do not come along. Choose them again after signing in.
web-expired-login = Sign in and continue
web-resume-title = What you typed is here
web-resume-why = The session ended before it was sent. Check it, then send it.
web-resume-send = Send now
web-resume-drop = Do not send

# Errors: what is so, why, what to do
web-post-ended = You no longer hold the post under which this form was opened, so it was not done.
web-error-id = Event code: { $id }. Mention it when you ask for help.
web-error-not-found-title = Page not found
web-error-not-found-why = The address may be mistyped, moved, or not meant for you.
web-error-not-found-next = Check the address, or begin at the front page.
web-error-gone-title = No longer available
web-error-gone-why = What you opened was here once and has ended.
web-error-gone-next = Begin at the front page to find what replaced it.
web-error-forbidden-title = Not yours to do at present
web-error-forbidden-why = This action belongs to another post.
web-error-forbidden-next = If it should be yours, ask the administrator of your unit to check your post.
web-error-sign-in-title = Please sign in
web-error-sign-in-why = This page is only for people who are signed in.
web-error-sign-in-next = Sign in with your user name and password, or send a valid API token.
web-error-refused-title = This cannot be done
web-error-refused-why = A rule is not met yet.
web-error-refused-next = Go back to the page before and look at its present state.
web-error-stale-title = Changed by somebody else
web-error-stale-why = Since you opened the page, somebody else changed the same thing. Your change was not saved, so that it does not overwrite theirs.
web-error-stale-next = Go back, reload the page, look at the change, and repeat yours if it is still needed.
web-error-bad-request-title = The request cannot be read
web-error-bad-request-why = The address or what was sent is incomplete or broken.
web-error-bad-request-next = Go back, reload the page, and try again.
web-error-cross-site-title = The form cannot be accepted
web-error-cross-site-why = The form was sent from another website, or its page was open for too long.
web-error-cross-site-next = Go back with the browser's button; what you typed is still there. Reload the page, then send it again.
web-error-too-large-title = The file is too large
web-error-too-large-why = What you sent is larger than the { $number } this form takes.
web-error-too-large-next = Go back and choose a smaller photo or scan at a lower quality. Your other answers are still on the page before.
web-error-wrong-file-title = Not a kind of file we take
web-error-wrong-file-why = The content of the file is not of the kind asked for.
web-error-wrong-file-next = Go back and choose another file.
web-error-too-many-title = Tried too often
web-error-too-many-why = To protect data, tries are limited.
web-error-too-many-next = Wait { $number } seconds, then try again.
web-error-wrong-host-title = Wrong site address
web-error-wrong-host-why = This request came with the name of a site that is not ours.
web-error-wrong-host-next = Open the official address printed on the letter or notice.
web-error-method-title = This page is opened in another way
web-error-method-why = This address only takes what its form sends.
web-error-method-next = Go back and use the button on the page.
web-error-unavailable-title = The service cannot be reached right now
web-error-unavailable-why = The data store is busy or away. Nothing is lost, and the service recovers by itself.
web-error-unavailable-next = Wait { $number } seconds, then reload this page. If you were sending a form, send it again; it is not counted twice.
web-error-timed-out-title = It took too long
web-error-timed-out-why = The server was not done in time, so this request was ended.
web-error-timed-out-next = Wait a little, then try again. If you were sending a form, first check whether it was recorded.
web-error-full-title = The storage is full
web-error-full-why = There is no room left on the server, so what you sent was not saved.
web-error-full-next = Tell the administrator. What you typed is still on the page before; send it again when this is repaired.
web-error-internal-title = Something went wrong in the system
web-error-internal-why = The fault is the system's, not yours, and it has been written down.
web-error-internal-next = Try again in a while. If it happens again, give the code below to the administrator.

# Designed fields
web-nik-reason = Why does this NIK differ from the usual?
web-nik-reason-hint = For example: as on an old card, misprinted on the card, or being corrected at the civil registry.
web-person-number = Person { $n }
web-person-more = At most { $max } people. The next empty row appears after saving.
web-person-name = Full name
web-person-nik = NIK
web-person-birth-place = Place of birth
web-person-birth-date = Date of birth
web-person-relation = Relation
web-person-occupation = Occupation
web-person-address = Address
web-did-something = Did something in the system
web-did-in-system = Did something in { $system }
web-basis-consent = Explicit consent
web-basis-contract = Performance of a contract
web-basis-legal-duty = A legal duty
web-basis-vital = Vital interests
web-basis-public-task = A task in the public interest and public service
web-basis-legitimate = Another legitimate interest
