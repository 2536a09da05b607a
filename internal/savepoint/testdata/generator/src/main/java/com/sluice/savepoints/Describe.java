package com.sluice.savepoints;

import org.apache.flink.runtime.checkpoint.CheckpointProperties;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.MasterState;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;

import java.io.DataInputStream;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What Flink itself reads in a snapshot's metadata, as JSON. */
final class Describe {
    private Describe() {}

    static String json(Path snapshot) throws IOException {
        Path file = snapshot.resolve("_metadata");
        int version;
        CheckpointMetadata metadata;
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            in.readInt();
            version = in.readInt();
        }
        try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
            metadata = Checkpoints.loadCheckpointMetadata(in, Describe.class.getClassLoader(), file.toUri().toString());
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("version", version);
        all.put("checkpointId", metadata.getCheckpointId());
        all.put("properties", properties(metadata.getCheckpointProperties()));
        List<Object> masters = new ArrayList<>();
        for (MasterState state : metadata.getMasterStates()) {
            masters.add(Json.object("name", state.name(), "version", state.version(), "size", state.bytes().length));
        }
        all.put("masterStates", masters);
        List<Object> operators = new ArrayList<>();
        for (OperatorState operator : metadata.getOperatorStates()) {
            operators.add(operator(operator));
        }
        all.put("operators", operators);
        return Json.write(all);
    }

    private static Object properties(CheckpointProperties properties) {
        Object type = field(properties, "checkpointType");
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("savepoint", type.getClass().getSimpleName().equals("SavepointType"));
        found.put("type", field(type, "name"));
        if (type.getClass().getSimpleName().equals("SavepointType")) {
            found.put("format", field(type, "formatType").toString());
        }
        return found;
    }

    private static Object operator(OperatorState operator) {
        Map<String, Object> found = new LinkedHashMap<>();
        found.put("id", operator.getOperatorID().toHexString());
        since2(operator, "getOperatorName").ifPresent(name -> found.put("name", name));
        since2(operator, "getOperatorUid").ifPresent(uid -> found.put("uid", uid));
        found.put("parallelism", operator.getParallelism());
        found.put("maxParallelism", operator.getMaxParallelism());
        found.put("coordinator", operator.getCoordinatorState() == null ? -1 : operator.getCoordinatorState().getStateSize());
        found.put("finished", operator.isFullyFinished());
        List<Object> subtasks = new ArrayList<>();
        if (!operator.isFullyFinished()) {
            for (Map.Entry<Integer, OperatorSubtaskState> e : operator.getSubtaskStates().entrySet()) {
                subtasks.add(Json.object("index", e.getKey(), "finished", e.getValue().isFinished(),
                        "handles", Handles.of(e.getValue())));
            }
        }
        found.put("subtasks", subtasks);
        return found;
    }

    /** Names and uids of operators are there since Flink 2.0. */
    private static Optional<?> since2(OperatorState operator, String method) {
        try {
            return (Optional<?>) OperatorState.class.getMethod(method).invoke(operator);
        } catch (ReflectiveOperationException e) {
            return Optional.empty();
        }
    }

    private static Object field(Object of, String name) {
        try {
            Field field = of.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(of);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}
