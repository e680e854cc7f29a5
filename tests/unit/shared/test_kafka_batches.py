"""A batch that cannot be decoded becomes one record that says so, and reading goes on after it."""

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.fetcher import READ_COMMITTED, PartitionRecords
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c

from shared.contracts.envelope import MalformedEvent
from shared.kafka.batches import TolerantRecords
from shared.kafka.events import Decoder

_ATTRIBUTES_AT, _ATTRIBUTES_OF = 21, 23  # bytes of a batch
_LZ4, _NO_CODEC = 3, 7
_PLACE = TopicPartition("airlane.test.parcels.v1", 0)


def _batch(first_offset: int, count: int, *, codec: int = 0) -> bytes:
    """Plain values, whatever codec it claims to be packed with."""
    builder = DefaultRecordBatchBuilder(
        2, 0, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=0, batch_size=999
    )
    for number in range(count):
        builder.append(number, timestamp=5, key=b"k", value=b"v", headers=[])
    built = bytearray(builder.build())
    built[0:8] = first_offset.to_bytes(8)
    built[_ATTRIBUTES_AT:_ATTRIBUTES_OF] = codec.to_bytes(2)
    built[17:21] = calc_crc32c(bytes(built[_ATTRIBUTES_AT:])).to_bytes(4)
    return bytes(built)


@pytest.mark.parametrize("codec", [_LZ4, _NO_CODEC])
def test_undecodable_batch_is_one_record_at_its_last_offset(codec: int) -> None:
    strange = _batch(10, 3, codec=codec)
    fetched = TolerantRecords(_batch(8, 2) + strange + _batch(13, 1))
    # As aiokafka's fetcher reads them, checksums and all.
    read = list(PartitionRecords(_PLACE, fetched, [], 8, None, None, True, READ_COMMITTED))
    assert [record.offset for record in read] == [8, 9, 12, 13]
    assert read[2].value == strange
    with pytest.raises(MalformedEvent, match="offsets 10 to 12"):
        Decoder({}, group="routing").decode(read[2])
