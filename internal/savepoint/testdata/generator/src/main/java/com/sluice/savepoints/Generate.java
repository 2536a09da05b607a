package com.sluice.savepoints;

import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Writes one snapshot of each kind below a directory, and beside each what this Flink reads in it:
 * {@code Generate DIRECTORY [KIND...]}; without kinds, all of them.
 */
public final class Generate {
    private static List<String> only = List.of();

    private Generate() {}

    public static void main(String[] args) {
        try {
            only = List.of(args).subList(1, args.length);
            all(Paths.get(args[0]).toAbsolutePath());
            System.exit(0);
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    private static void all(Path into) throws Exception {
        savepoint(into.resolve("heap-canonical"), "hashmap", SavepointFormatType.CANONICAL, false, Map.of());
        savepoint(into.resolve("heap-native"), "hashmap", SavepointFormatType.NATIVE, false, Map.of());
        savepoint(into.resolve("rocksdb-canonical"), "rocksdb", SavepointFormatType.CANONICAL, true, Map.of());
        savepoint(into.resolve("rocksdb-native"), "rocksdb", SavepointFormatType.NATIVE, false, Map.of());
        checkpoint(into.resolve("rocksdb-incremental"), "rocksdb", Map.of());
        checkpoint(into.resolve("changelog"), "hashmap", Map.of(
                "state.backend.changelog.enabled", "true", "state.changelog.enabled", "true",
                "state.backend.changelog.storage", "filesystem", "state.changelog.storage", "filesystem",
                "dstl.dfs.base-path", into.resolve("changelog").resolve("dstl").toUri().toString(),
                "state.changelog.dstl.dfs.base-path", into.resolve("changelog").resolve("dstl").toUri().toString(),
                "state.backend.changelog.periodic-materialize.interval", "500ms",
                "state.changelog.periodic-materialize.interval", "500ms"));
        if (mergesFiles()) {
            checkpoint(into.resolve("merged"), "rocksdb", Map.of("execution.checkpointing.file-merging.enabled", "true"));
        }
        checkpoint(into.resolve("heap-unaligned"), "hashmap", Map.of(
                "execution.checkpointing.unaligned", "true", "execution.checkpointing.unaligned.enabled", "true",
                "taskmanager.memory.segment-size", "4kb"));
    }

    /** Files are merged since Flink 1.20. */
    private static boolean mergesFiles() {
        try {
            Class.forName("org.apache.flink.runtime.state.filemerging.SegmentFileStateHandle");
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static void savepoint(
            Path home, String backend, SavepointFormatType format, boolean stop, Map<String, String> more) throws Exception {
        if (!wanted(home)) {
            return;
        }
        JobClient client = start(home, backend, more);
        String target = home.resolve("savepoints").toUri().toString();
        String path;
        if (stop) {
            path = client.stopWithSavepoint(false, target, format).get(2, TimeUnit.MINUTES);
        } else {
            path = client.triggerSavepoint(target, format).get(2, TimeUnit.MINUTES);
            client.cancel().get(1, TimeUnit.MINUTES);
        }
        describe(home, Paths.get(java.net.URI.create(path)));
    }

    private static void checkpoint(Path home, String backend, Map<String, String> more) throws Exception {
        if (!wanted(home)) {
            return;
        }
        JobClient client = start(home, backend, more);
        TimeUnit.SECONDS.sleep(6);
        client.cancel().get(1, TimeUnit.MINUTES);
        TimeUnit.SECONDS.sleep(1);
        List<Path> whole = whole(home);
        describe(home, whole.get(whole.size() - 1).getParent());
    }

    private static boolean wanted(Path home) {
        return only.isEmpty() || only.contains(home.getFileName().toString());
    }

    /** The snapshots below a directory, the newest last. */
    private static List<Path> whole(Path home) throws IOException {
        try (Stream<Path> files = Files.walk(home)) {
            return files.filter(f -> f.endsWith("_metadata"))
                    .sorted(Comparator.comparing(Generate::modified)).collect(Collectors.toList());
        } catch (UncheckedIOException e) {
            return List.of(); // a checkpoint was removed meanwhile
        }
    }

    private static long modified(Path file) {
        return file.toFile().lastModified();
    }

    /** Starts the job and waits until it has a checkpoint. Old and new names of each option are set: Flink ignores what it does not know. */
    private static JobClient start(Path home, String backend, Map<String, String> more) throws Exception {
        Files.createDirectories(home);
        Configuration c = new Configuration();
        set(c, backend, "state.backend", "state.backend.type");
        set(c, "true", "state.backend.incremental", "execution.checkpointing.incremental");
        set(c, home.resolve("checkpoints").toUri().toString(), "state.checkpoints.dir", "execution.checkpointing.dir");
        set(c, "1kb", "state.storage.fs.memory-threshold", "execution.checkpointing.data-inline-threshold");
        set(c, "RETAIN_ON_CANCELLATION", "execution.checkpointing.externalized-checkpoint-retention");
        set(c, "1s", "execution.checkpointing.interval");
        set(c, "32mb", "taskmanager.memory.managed.size");
        set(c, "2", "taskmanager.numberOfTaskSlots");
        more.forEach((key, value) -> set(c, value, key));
        JobClient client = Job.build(c, 2, more.containsKey("execution.checkpointing.unaligned")).executeAsync("savepoints");
        for (int i = 0; whole(home).isEmpty(); i++) {
            if (i > 180) {
                throw new IllegalStateException("no checkpoint of " + home + " came about in three minutes");
            }
            TimeUnit.SECONDS.sleep(1);
        }
        TimeUnit.SECONDS.sleep(3);
        return client;
    }

    private static void set(Configuration c, String value, String... keys) {
        for (String key : keys) {
            c.setString(key, value);
        }
    }

    private static void describe(Path home, Path snapshot) throws IOException {
        Files.writeString(home.resolve("snapshot.txt"), home.relativize(snapshot) + "\n");
        Files.writeString(home.resolve("flink.json"), Describe.json(snapshot) + "\n");
    }
}
