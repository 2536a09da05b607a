package com.sluice.examples.counter;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;

/** Runs {@link CountNumbers} as Flink does, without a cluster. */
final class Harness implements AutoCloseable {

    private final KeyedOneInputStreamOperatorTestHarness<Integer, Long, String> flink;

    private Harness(KeyedOneInputStreamOperatorTestHarness<Integer, Long, String> flink) {
        this.flink = flink;
    }

    static Harness withoutState() throws Exception {
        return restoredFrom(null);
    }

    static Harness restoredFrom(OperatorSubtaskState state) throws Exception {
        Harness harness = new Harness(new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new CountNumbers()), n -> 0, Types.INT));
        if (state != null) {
            harness.flink.initializeState(state);
        }
        harness.flink.open();
        return harness;
    }

    /** What v1 had in state after the numbers 0, 1 and 2; written once by v1 and committed. */
    static OperatorSubtaskState savepointOfV1() throws Exception {
        return OperatorSnapshotUtil.readStateHandle(
                Harness.class.getResource("/v1-after-three-numbers.snapshot").getPath());
    }

    void count(long... numbers) throws Exception {
        for (long n : numbers) {
            flink.processElement(n, 0);
        }
    }

    OperatorSubtaskState snapshot() throws Exception {
        return flink.snapshot(1, 1);
    }

    List<String> lines() {
        return new ArrayList<>(flink.extractOutputValues());
    }

    @Override
    public void close() throws Exception {
        flink.close();
    }
}
