package com.sluice.savepoints;

import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ReadOnlyBroadcastState;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.datastream.BroadcastStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.co.KeyedBroadcastProcessFunction;
import org.apache.flink.util.Collector;

/**
 * A job with keyed state, lists of an operator, broadcast state, and a source with a coordinator. With a
 * backlog, elements wait between subtasks.
 */
final class Job {
    /** How many different keys there are: each has about a kilobyte of state. */
    private static final int KEYS = 20;

    private static final MapStateDescriptor<String, Long> RULES =
            new MapStateDescriptor<>("rules", Types.STRING, Types.LONG);

    private Job() {}

    static StreamExecutionEnvironment build(Configuration configuration, int parallelism, boolean backlog) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(configuration);
        env.setParallelism(parallelism);
        env.setMaxParallelism(8);
        BroadcastStream<Long> rules = numbers(env, "rules", 10).broadcast(RULES);
        numbers(env, "numbers", 1)
                .keyBy(n -> n % KEYS)
                .connect(rules)
                .process(new Count())
                .uid("count")
                .name("Count, zählt 数")
                .print()
                .uid("print");
        if (backlog) {
            numbers(env, "flood", 0).rebalance().map(new Slow(20)).uid("slow").returns(Types.LONG).print().uid("print-slow");
        }
        return env;
    }

    private static DataStream<Long> numbers(StreamExecutionEnvironment env, String uid, long pause) {
        return env.fromSequence(0, Long.MAX_VALUE / 2).uid(uid).map(new Slow(pause)).uid(uid + "-slow").returns(Types.LONG);
    }

    /** Pauses, in milliseconds, after each element and remembers the last of them in a list. */
    private static final class Slow
            implements org.apache.flink.api.common.functions.MapFunction<Long, Long>, CheckpointedFunction {
        private static final long serialVersionUID = 1;
        private final long pause;
        private transient ListState<Long> last;
        private long seen;

        Slow(long pause) {
            this.pause = pause;
        }

        @Override
        public Long map(Long n) throws Exception {
            Thread.sleep(pause);
            seen = n;
            return n;
        }

        @Override
        public void snapshotState(FunctionSnapshotContext context) throws Exception {
            last.clear();
            last.add(seen);
        }

        @Override
        public void initializeState(FunctionInitializationContext context) throws Exception {
            last = context.getOperatorStateStore().getListState(new ListStateDescriptor<>("last", Types.LONG));
        }
    }

    private static final class Count extends KeyedBroadcastProcessFunction<Long, Long, Long, Long> {
        private static final long serialVersionUID = 1;
        private static final ValueStateDescriptor<String> SEEN = new ValueStateDescriptor<>("seen", Types.STRING);

        @Override
        public void processElement(Long n, ReadOnlyContext context, Collector<Long> out) throws Exception {
            ReadOnlyBroadcastState<String, Long> rules = context.getBroadcastState(RULES);
            ValueState<String> seen = getRuntimeContext().getState(SEEN);
            StringBuilder text = new StringBuilder().append(rules.contains("newest")).append(n);
            while (text.length() < 1000) {
                text.append(text.toString().hashCode());
            }
            seen.update(text.toString());
        }

        @Override
        public void processBroadcastElement(Long n, Context context, Collector<Long> out) throws Exception {
            BroadcastState<String, Long> rules = context.getBroadcastState(RULES);
            rules.put("newest", n);
        }
    }
}
