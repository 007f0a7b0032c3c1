@0xd1b7a5f2c3e4960d;

# What a connector publishes: the records of one connection that arrived within a few milliseconds, in
# order. One block is one NATS message, one acknowledgement, one unit of de-duplication. A live record is
# a block of one record.
struct Block {
  environment @0 :Text;
  feed @1 :Text;
  connection @2 :Text;         # id of the connection; (connection, number) names a record for ever
  first @3 :UInt64;            # number of the first record: Nats-Msg-Id is {connection}:{first}
  shard @4 :UInt16;
  simulated @5 :Bool;          # true: no market ever sent this
  types @6 :List(Type);        # what Record.type points into
  symbols @7 :List(Text);      # what Record.symbol points into; the empty text where there is none
  records @8 :List(Record);
}

struct Type {
  name @0 :Text;               # message type as the exchange calls it
  group @1 :Text;              # the file it goes to: what must stay in order together
}

struct Record {
  recv @0 :UInt64;             # receive time, unix nanoseconds
  number @1 :UInt64;           # count of records in this connection, from 1
  sequence @2 :UInt64;         # the exchange's own sequence; only where sequenced is true
  scope @3 :UInt32;            # what the sequence counts in (Kalshi: sid)
  symbol @4 :UInt32;
  type @5 :UInt16;
  form @6 :Form;
  sequenced @7 :Bool;
  payload @8 :Data;            # the bytes as received; for an event, a JSON object
}

enum Form {
  json @0;                     # one valid JSON text without a line break: embedded as it is
  text @1;                     # other valid UTF-8
  binary @2;                   # anything else
  event @3;                    # what happened to the connection
}
