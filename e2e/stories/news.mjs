// One text to everybody who waits: written, counted, sent, kept.

import { after, before, test } from 'node:test'
import { Person, useBrowser, withAndWithoutJavaScript } from '../lib/person.mjs'

useBrowser({ before, after })

withAndWithoutJavaScript(test, 'the secretary of a village tells everybody who waits that the office closes', async (t, javascript) => {
  const secretary = await Person.arrives(t, { javascript })
  await secretary.logsInAs('unit_admin')
  await secretary.visits('/kabar')
  await secretary.looks('kabar-1280')
  await secretary.follows(/^Tulis kabar/)
  await secretary.presses(/^Lihat berapa orang/)
  await secretary.sees('Tuliskan untuk apa kabar ini dikirim.')
  await secretary.looks()
  await secretary.page.locator('[name=tujuan]').fill('Kantor tutup karena rapat kabupaten')
  await secretary.page.locator('[name=isi]').fill('Kantor tutup besok karena rapat kabupaten. Loket buka lagi lusa pukul 08.00.')
  await secretary.presses(/^Lihat berapa orang/)
  await secretary.sees(/Kirim kepada \d+ orang/)
  await secretary.looks('kabar-kirim-1280')
  await secretary.presses(/^Kirim kepada/)
  await secretary.sees('Kantor tutup karena rapat kabupaten')
  await secretary.looks()
})
