package com.sluice.examples.counter;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.serialization.SimpleStringEncoder;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.datagen.source.GeneratorFunction;
import org.apache.flink.connector.file.sink.FileSink;
import org.apache.flink.core.fs.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.filesystem.bucketassigners.BasePathBucketAssigner;
import org.apache.flink.streaming.api.functions.sink.filesystem.rollingpolicies.OnCheckpointRollingPolicy;

/**
 * Counts the numbers 0, 1, 2, … and writes a line for each into files that appear exactly once.
 *
 * <p>Every version of the job is this pipeline; the versions differ in {@link CountNumbers} only. The operators' uids
 * are what a savepoint is mapped by: they never change, whatever else does; but for the sink's in a fork of the job.
 */
public final class CounterJob {

    private CounterJob() {}

    public static void main(String[] args) throws Exception {
        Settings settings = Settings.parse(args);
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        describe(env, settings);
        env.execute("counter " + CountNumbers.VERSION);
    }

    private static void describe(StreamExecutionEnvironment env, Settings settings) {
        env.fromSource(numbers(settings), WatermarkStrategy.noWatermarks(), "numbers", Types.LONG)
                .uid("numbers")
                .keyBy(allTogether(), Types.INT)
                .process(new CountNumbers())
                .returns(Types.STRING)
                .name("count " + CountNumbers.VERSION)
                .uid("count")
                .sinkTo(files(settings.sink))
                .name("files")
                .uid(settings.sinkUid);
    }

    /** The pace is part of the source, so a restored job goes on at the same pace and never has to catch up. */
    private static DataGeneratorSource<Long> numbers(Settings settings) {
        GeneratorFunction<Long, Long> index = i -> i;
        return new DataGeneratorSource<>(
                index, settings.numbers, RateLimiterStrategy.perSecond(settings.ratePerSecond), Types.LONG);
    }

    /** One key for all numbers: the count of number n must then be n + 1, which anyone can check in the output. */
    private static KeySelector<Long, Integer> allTogether() {
        return n -> 0;
    }

    /** A file is committed with the checkpoint that covers it, so what a reader sees is never taken back. */
    private static FileSink<String> files(String directory) {
        return FileSink.forRowFormat(new Path(directory), new SimpleStringEncoder<String>("UTF-8"))
                .withBucketAssigner(new BasePathBucketAssigner<>())
                .withRollingPolicy(OnCheckpointRollingPolicy.build())
                .build();
    }
}
