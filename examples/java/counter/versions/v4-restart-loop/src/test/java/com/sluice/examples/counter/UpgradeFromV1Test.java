package com.sluice.examples.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class UpgradeFromV1Test {

    @Test
    void runsFromV1sSavepointForAWhileAndThenFails() throws Exception {
        try (Harness job = Harness.restoredFrom(Harness.savepointOfV1())) {
            job.count(LongStream.range(3, 153).toArray());
            assertEquals("152 153 153 v4", job.lines().get(149));
            assertThrows(ArrayIndexOutOfBoundsException.class, () -> job.count(153));
        }
    }
}
