// What a page costs to load for somebody who was never here: bytes over the wire, as the browser counts them.

/** Loads `path` in the person's browser and adds up every answer's bytes, headers included. */
export async function bytesToLoad(person, path) {
  const session = await person.page.context().newCDPSession(person.page)
  await session.send('Network.enable')
  await session.send('Network.setCacheDisabled', { cacheDisabled: true })
  let bytes = 0
  const parts = new Map()
  session.on('Network.responseReceived', ({ requestId, response }) => parts.set(requestId, response.url))
  const weights = []
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes += encodedDataLength
    weights.push(`${encodedDataLength} ${new URL(parts.get(requestId) ?? 'about:blank').pathname}`)
  })
  await person.page.goto(path, { waitUntil: 'networkidle' })
  await session.detach()
  return { bytes, weights }
}
