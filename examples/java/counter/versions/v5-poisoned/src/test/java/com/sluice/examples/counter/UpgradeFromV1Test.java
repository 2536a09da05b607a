package com.sluice.examples.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class UpgradeFromV1Test {

    @Test
    void runsFromV1sSavepointUntilANumberIsTooLong() throws Exception {
        try (Harness job = Harness.restoredFrom(Harness.savepointOfV1())) {
            job.count(3, 99_999);
            assertEquals("3 4 4 v5", job.lines().get(0));
            assertEquals("99999 5 5 v5", job.lines().get(1));
            assertThrows(ArrayIndexOutOfBoundsException.class, () -> job.count(100_000));
        }
    }
}
