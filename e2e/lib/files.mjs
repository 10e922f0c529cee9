// Files as people have them: a photo of a phone, a page from a scanner.

/** A photo, as a browser takes one of what it shows. */
export async function photoBy(person, name = 'foto.jpg') {
  return { name, mimeType: 'image/jpeg', buffer: await person.page.screenshot({ type: 'jpeg', quality: 60 }) }
}

/** A scan: one page of PDF with these words, so that two scans differ. */
export function scanSaying(words, name = 'pindaian.pdf') {
  const stream = `BT /F1 18 Tf 72 760 Td (${words}) Tj ET`
  const parts = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ]
  let text = '%PDF-1.4\n'
  const places = parts.map((part, index) => {
    const place = text.length
    text += `${index + 1} 0 obj\n${part}\nendobj\n`
    return place
  })
  const table = text.length
  const lines = places.map((place) => `${String(place).padStart(10, '0')} 00000 n \n`).join('')
  text += `xref\n0 ${parts.length + 1}\n0000000000 65535 f \n${lines}`
  text += `trailer\n<< /Size ${parts.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`
  return { name, mimeType: 'application/pdf', buffer: Buffer.from(text, 'latin1') }
}
