// How a program that is not ours connects to a simulated Kalshi: a key made for the occasion, signed headers, and a
// command that subscribes to what is listed.

import { constants, generateKeyPairSync, randomUUID, sign } from 'node:crypto'

export type SimulatorLogin = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly subscribe: string
}

const PATH = '/trade-api/ws/v2'

/** Registers a new key with the simulator at `simulatorUrl`. The headers are valid for some seconds. */
export async function loginToSimulator(simulatorUrl: string): Promise<SimulatorLogin> {
  const http = simulatorUrl.replace(/^ws/, 'http').replace(/(:\d+).*$/, '$1')
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keyId = randomUUID()
  await fetch(`${http}/simulator/keys`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ keyId, publicKey: publicKey.export({ type: 'spki', format: 'pem' }) }),
  })
  const { markets } = (await (await fetch(`${http}/trade-api/v2/markets?limit=1000`)).json()) as {
    markets: { ticker: string }[]
  }
  const timestamp = String(Date.now())
  const signature = sign('sha256', Buffer.from(`${timestamp}GET${PATH}`), {
    key: privateKey,
    padding: constants.RSA_PKCS1_PSS_PADDING,
    saltLength: 32,
  }).toString('base64')
  return {
    url: `${http.replace(/^http/, 'ws')}${PATH}`,
    headers: {
      'KALSHI-ACCESS-KEY': keyId,
      'KALSHI-ACCESS-TIMESTAMP': timestamp,
      'KALSHI-ACCESS-SIGNATURE': signature,
    },
    subscribe: JSON.stringify({
      id: 1,
      cmd: 'subscribe',
      params: {
        channels: ['orderbook_delta', 'trade', 'ticker'],
        market_tickers: markets.map(({ ticker }) => ticker).slice(0, 200),
      },
    }),
  }
}
