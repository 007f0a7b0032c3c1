// Frames in the form of exchanges/feeds/okx.yaml, made up after the exchange's documentation. For tests only.

export const frames: readonly string[] = [
  '{"event":"subscribe","arg":{"channel":"trades","instId":"BTC-USDT"},"connId":"a4d3ae55"}',
  '{"event":"error","code":"60018","msg":"Wrong URL or channel:trades,instId:NOPE-USDT doesn\'t exist. Please use the correct URL, channel and parameters referring to API document.","connId":"a4d3ae55"}',
  '{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"130639474","px":"42219.9","sz":"0.12060306","side":"buy","ts":"1630048897897","count":"3"}]}',
  '{"arg":{"channel":"trades","instId":"ETH-USDT"},"data":[{"instId":"ETH-USDT","tradeId":"9007199254740993","px":"3021.470","sz":"1","side":"sell","ts":"1630048897898"},{"instId":"ETH-USDT","tradeId":"9007199254740994","px":"3021.46","sz":"0.5","side":"sell","ts":"1630048897899"}]}',
  '{"arg":{"channel":"tickers","instId":"BTC-USDT"},"data":[{"instType":"SPOT","instId":"BTC-USDT","last":"42219.9","lastSz":"0.1","askPx":"42220","askSz":"1.5","bidPx":"42219.9","bidSz":"0","open24h":"41000","high24h":"43000","low24h":"40000","volCcy24h":"2222","vol24h":"2222.5","ts":"1630048897897","sodUtc0":"1","sodUtc8":"2"}]}',
  '{"arg":{"channel":"tickers","instId":"ETH-USDT"},"data":[{"instId":"ETH-USDT","last":"","lastSz":"","askPx":"3021.5","askSz":"2","bidPx":"","bidSz":"","vol24h":"0","ts":"1630048897900"}]}',
]
