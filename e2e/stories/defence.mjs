// Sanctions and strange browsers: who decides, whom it is about, and a cookie that was copied.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Person, PHONE, useBrowser, withAndWithoutJavaScript } from '../lib/person.mjs'
import { accounts } from '../lib/server.mjs'

useBrowser({ before, after })

/** A village office of the demo whose secretary, head and service section all have an account; a quiet one, nobody there is away. */
function office() {
  const units = [...new Set(accounts().map((account) => account.unit))].reverse()
  for (const unit of units) {
    const of = (role) => accounts().find((account) => account.unit === unit && account.role === role)
    const found = ['unit_admin', 'signer', 'examiner'].map(of)
    if (/^(Desa|Nagari) /.test(unit) && found.every(Boolean)) return found
  }
  throw new Error('the demo has a village with secretary, head and service section')
}

test('a restriction is answered, decided, felt at once, and appealed on a phone', async (t) => {
  const [secretary, head, section] = office()
  const keeper = await Person.arrives(t)
  await keeper.logsIn(secretary)
  await keeper.visits('/sanksi/baru')
  await keeper.looks()
  await keeper.page.locator('[name=akun]').fill(section.username)
  await keeper.page.locator('[name=dasar]').fill('Ketentuan Penggunaan butir 4')
  await keeper.page.locator('[name=uraian]').fill('Kata sandi dibagikan kepada tamu.')
  await keeper.submits(keeper.page.locator('main form button').last())
  await keeper.sees('sudah diberi tahu')
  await keeper.looks()
  const path = keeper.path()

  const person = await Person.arrives(t, { screen: PHONE })
  await person.logsIn(section)
  await person.visits('/sanksi/saya')
  await person.looks()
  await person.page.setViewportSize(PHONE)
  await person.submits(person.page.locator('main ul a').first())
  await person.looks()
  await person.page.setViewportSize(PHONE)
  await person.page.locator('[name=jawaban]').fill('Tidak sengaja.')
  await person.submits(person.page.locator('form[action$="/jawaban"] button'))

  const decider = await Person.arrives(t)
  await decider.logsIn(head)
  await decider.visits(`${path}/langkah/putuskan`)
  await decider.looks()
  await decider.page.locator('[name=tindakan][value=temporary]').check()
  const end = new Date(Date.now() + 14 * 86_400_000)
  await decider.page.locator('[name=sampai]').fill(end.toISOString().slice(0, 10))
  await decider.page.locator('[name=uraian]').fill('Terbukti dari catatan akses.')
  await decider.page.locator('[name=keputusan]').fill('SK 800/12')
  await decider.submits(decider.page.locator('main form button').last())
  await decider.sees('Diputuskan')

  await person.visits('/tugas')
  assert.equal(person.path(), '/akun/pembatasan')
  await person.sees('SK 800/12')
  await person.looks('pembatasan-360')
  await person.page.setViewportSize(PHONE)
  await person.follows(/Tanggapi/)
  await person.page.locator('[name=keberatan]').fill('Terlalu berat.')
  await person.submits(person.page.locator('form[action$="/keberatan"] button'))
  await person.sees('Keberatan diperiksa')
})

withAndWithoutJavaScript(test, 'somebody who forgot the password is told what happens and whom to ask', async (t, javascript) => {
  const person = await Person.arrives(t, { javascript, screen: PHONE })
  await person.visits('/masuk')
  await person.looks()
  await person.page.setViewportSize(PHONE)
  await person.follows('Lupa kata sandi?')
  await person.looks('lupa-sandi-360')
  await person.page.setViewportSize(PHONE)
  await person.page.locator('[name=username]').fill('siapa.saja')
  await person.presses('Kirim tautan')
  assert.equal(person.path(), '/lupa-sandi/terkirim')
  await person.sees('pengelola akun unit Anda')
  await person.looks()
  await person.visits(`/lupa-sandi/${'0'.repeat(40)}`, { status: 410 })
  await person.looks()
})
