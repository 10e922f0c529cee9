// One text to everybody who waits: written, counted, sent, kept.

import { after, before, test } from 'node:test'
import { Person, useBrowser, withAndWithoutJavaScript } from '../lib/person.mjs'

useBrowser({ before, after })

withAndWithoutJavaScript(test, 'the head of a village tells everybody who waits that the office closes', async (t, javascript) => {
  const head = await Person.arrives(t, { javascript })
  await head.logsInAs('signer')
  await head.visits('/kabar')
  await head.looks('kabar-1280')
  await head.follows(/^Tulis kabar/)
  await head.presses(/^Lihat berapa orang/)
  await head.sees('Tuliskan untuk apa kabar ini dikirim.')
  await head.looks()
  await head.page.locator('[name=tujuan]').fill('Kantor tutup karena rapat kabupaten')
  await head.page.locator('[name=isi]').fill('Kantor tutup besok karena rapat kabupaten. Loket buka lagi lusa pukul 08.00.')
  await head.presses(/^Lihat berapa orang/)
  await head.sees(/Kirim kepada \d+ orang/)
  await head.looks('kabar-kirim-1280')
  await head.presses(/^Kirim kepada/)
  await head.sees('Kantor tutup karena rapat kabupaten')
  await head.looks()
})
