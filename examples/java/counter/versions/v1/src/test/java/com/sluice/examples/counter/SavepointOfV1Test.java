package com.sluice.examples.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavepointOfV1Test {

    @Test
    void committedSnapshotIsWhatV1Restores() throws Exception {
        assertCountsOnFromThree(Harness.savepointOfV1());
    }

    /** The committed file was made this way: keep the file that this test writes. */
    @Test
    void snapshotWrittenNowIsWhatV1Restores(@TempDir Path dir) throws Exception {
        String file = dir.resolve("v1-after-three-numbers.snapshot").toString();
        try (Harness job = Harness.withoutState()) {
            job.count(0, 1, 2);
            OperatorSnapshotUtil.writeStateHandle(job.snapshot(), file);
        }
        assertCountsOnFromThree(OperatorSnapshotUtil.readStateHandle(file));
    }

    private static void assertCountsOnFromThree(OperatorSubtaskState state) throws Exception {
        try (Harness job = Harness.restoredFrom(state)) {
            job.count(3);
            assertEquals(List.of("3 4 4 v1"), job.lines());
        }
    }
}
