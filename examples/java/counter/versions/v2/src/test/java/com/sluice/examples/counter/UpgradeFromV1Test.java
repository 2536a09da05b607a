package com.sluice.examples.counter;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class UpgradeFromV1Test {

    @Test
    void goesOnWhereV1Stopped() throws Exception {
        try (Harness job = Harness.restoredFrom(Harness.savepointOfV1())) {
            job.count(3, 4);
            assertEquals(List.of("3 4 4 v2", "4 5 5 v2"), job.lines());
        }
    }
}
