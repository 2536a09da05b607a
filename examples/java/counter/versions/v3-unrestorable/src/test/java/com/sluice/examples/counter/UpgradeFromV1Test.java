package com.sluice.examples.counter;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.StateMigrationException;
import org.junit.jupiter.api.Test;

class UpgradeFromV1Test {

    @Test
    void savepointOfV1CannotBeRestored() {
        Exception failure = assertThrows(Exception.class, () -> Harness.restoredFrom(Harness.savepointOfV1()));
        assertInstanceOf(StateMigrationException.class,
                ExceptionUtils.findThrowable(failure, StateMigrationException.class).orElse(null), failure.toString());
    }
}
