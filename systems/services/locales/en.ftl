services-title = Public services
services-menu-services = Services
services-menu-track = Track
services-menu-verify = Check a letter
services-menu-tasks = My tasks
services-menu-counter = Serve at the counter
services-menu-cases = Applications
services-menu-agenda = Register of letters
services-menu-dispatch = Dispatch book
services-menu-residents = Residents
services-menu-calendar = Working calendar
services-menu-offerings = Our services
services-menu-watch = Overview
services-menu-queue = System queue
services-may-operate = take in applications at the counter and print letters
services-may-register = keep numbers, register and dispatch book
services-may-oversee = see where work waits
## Refusals of the rules
services-action-not-now = This step cannot be taken now: the application has moved on. Reload the page to see where it stands.
services-second-person-needed = You took this application in yourself. Somebody else checks it, unless the { TERM("village") } lets one person do both (Our services).
services-reason-too-short = Give the applicant a clear reason, at least { $min } letters.
services-legal-basis-needed = Name the legal basis, for example "Perdes 3/2024 article 4".
services-withdrawn = { $unit } has withdrawn this service. Your form was not sent; ask the office for another way.
services-not-resident = This service is for residents of { $unit } only. Apply where you are registered.
services-introduction-needed = A letter of the RT head or hamlet head is needed: attach a photo, or name who will approve it.
services-file-gone = The uploaded file is not there any more. Choose it once more.
services-changed-meanwhile = Another officer has just worked on this application. Nothing is lost; reload the page to see where it stands.
services-not-your-desk = This application is not at your desk today. The holder of the post, or whoever has its mandate, acts on it.
services-post-ended = Somebody else acts for this post now, or your term has ended. Ask whoever keeps the posts if this is wrong.
services-scan-needed = Upload the scan of the signed and stamped letter.
services-no-letter-yet = There is no letter yet. The application must be checked first.
services-no-desk = No post can take this step yet. Ask whoever keeps the posts to fill it, or call DPMD.
services-unit-without-services = This unit gives no services of its own.
services-link-ended = This link is no longer valid. Ask the officer for a new one.
## Refusals of answers and letters
services-date-too-early = The earliest date is { $date }.
services-date-too-late = The latest date is { $date }.
services-date-before-start = This date cannot be before { $date }.
services-amount-too-small = At least { $min }.
services-amount-too-large = At most { $max }.
services-witness-is-heir = A witness cannot be an heir. If only the names are alike, give both NIKs.
services-letter-missing = The letter cannot be made yet: "{ $key }" is missing. Complete the resident's record or the application.
services-letter-template = The text of this service cannot be read. Contact whoever manages the service.
services-letter-undated = A numbered letter needs a date.
## Notices
services-notice-desk = The application for { $service } ({ $code }) is at this desk now.
services-mail-received-subject = { $service }: application received
services-mail-received-body = Your application for { $service } at { $unit } was received on { $at }.

    Tracking code: { $code }
    See where it stands: { $url }

    Keep this code. Whoever has it can see where your application stands, but not what is in it.

    { $unit }, { $government }
services-mail-incomplete-subject = { $service }: something is missing
services-mail-incomplete-body = Your application ({ $code }) for { $service } at { $unit } is not complete. The time limit stands still until you complete it.

    Read why and complete it here: { $url }

    That page asks for your date of birth and the last four digits of your NIK, so that only you can change it. You can also come to the counter.

    { $unit }, { $government }
services-mail-acknowledging-subject = { $service }: waiting for the kecamatan
services-mail-acknowledging-body = Your letter ({ $code }) for { $service } was signed at { $unit } and sent to the kecamatan for the Camat to take note.

    See where it stands: { $url }

    { $unit }, { $government }
services-mail-ready-subject = { $service }: your letter is ready
services-mail-ready-body = Your letter ({ $code }) for { $service } is ready. Collect it at the counter of { $unit }, or download it here: { $url }

    Nothing is charged for this service but what its standard says. If anyone asks for money, report it.

    { $unit }, { $government }
services-mail-refused-subject = { $service }: the application was refused
services-mail-refused-body = Your application ({ $code }) for { $service } at { $unit } could not be granted.

    The reason, the legal basis and how to object are here: { $url }

    { $unit }, { $government }
## API and export
services-api-key-needed = Send a header Idempotency-Key with 8 to 100 letters, digits or hyphens of your own making; applications with the same key are recorded once.
services-api-not-operator = This token is not of an operator of { $unit }. Send without a token, or use the token of an account with the role operator there.
services-api-no-relative = This letter can only be asked for oneself. Leave subject out.
services-api-no-proxy = This service cannot be asked for by proxy. Leave proxy out.
services-api-file-unknown = This file does not exist or was used already. Upload it again and send the new id.
services-api-unknown-action = Unknown action. Known ones: { $actions }.
services-api-body = The body cannot be read: { $what }
services-export-code = Code
services-export-service = Service
services-export-subject = Applicant (masked)
services-export-unit = Unit
services-export-channel = Channel
services-export-received = Received
services-export-state = State
services-export-due = Due
services-export-outcome = Outcome
services-export-on-time = On time
services-export-desk = At desk
services-export-sheet = Applications
services-export-yes = yes
services-export-no = no
