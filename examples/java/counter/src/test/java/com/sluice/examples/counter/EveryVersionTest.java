package com.sluice.examples.counter;

import static com.sluice.examples.counter.CountNumbers.VERSION;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.Test;

/** Holds for every version, the broken ones too: it is why they were released. */
class EveryVersionTest {

    @Test
    void countsInBothKindsOfState() throws Exception {
        try (Harness job = Harness.withoutState()) {
            job.count(0, 1, 2);
            assertEquals(List.of("0 1 1 " + VERSION, "1 2 2 " + VERSION, "2 3 3 " + VERSION), job.lines());
        }
    }

    @Test
    void goesOnFromItsOwnState() throws Exception {
        OperatorSubtaskState state;
        try (Harness before = Harness.withoutState()) {
            before.count(0, 1);
            state = before.snapshot();
        }
        try (Harness after = Harness.restoredFrom(state)) {
            after.count(2);
            assertEquals(List.of("2 3 3 " + VERSION), after.lines());
        }
    }

    @Test
    void saysWhatIsMissingOnItsCommandLine() {
        String said = assertThrows(IllegalArgumentException.class, () -> Settings.parse(new String[] {"--rate", "5"}))
                .getMessage();
        assertTrue(said.contains("--sink is missing"), said);
    }

    @Test
    void refusesAPaceThatIsNone() {
        String[] args = {"--sink", "file:///out", "--rate", "0"};
        assertThrows(IllegalArgumentException.class, () -> Settings.parse(args));
    }

    @Test
    void neverEndsUnlessItIsToldHowManyNumbersThereAre() {
        assertEquals(Long.MAX_VALUE, Settings.parse(new String[] {"--sink", "file:///out"}).numbers);
        assertEquals(7, Settings.parse(new String[] {"--sink", "file:///out", "--numbers", "7"}).numbers);
        String[] none = {"--sink", "file:///out", "--numbers", "0"};
        assertThrows(IllegalArgumentException.class, () -> Settings.parse(none));
    }

    @Test
    void findsItsSinkByTheSameUidUnlessItIsAFork() {
        assertEquals("files", Settings.parse(new String[] {"--sink", "file:///out"}).sinkUid);
        assertEquals("mine", Settings.parse(new String[] {"--sink", "file:///out", "--sink-uid", "mine"}).sinkUid);
    }
}
