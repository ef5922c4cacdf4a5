package org.counterweight.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.counterweight.testing.TensorAssert.assertTensor;

import java.util.Map;
import org.bytedeco.pytorch.Device;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;
import org.junit.jupiter.api.Test;

class BatchTest {
    private static Batch graph() {
        Tensor edges = Tensors.longs(new long[] {0, 1, 2, 1, 2, 0}, 2, 3);
        return new Batch(
                Map.of("x", Tensors.longs(new long[] {10, 11, 12}), Batch.ROW, Tensors.longs(new long[] {0, 1, 2})),
                Map.of("edge_index", edges));
    }

    @Test
    void rowsAreCutAndTheContextIsNot() {
        try (var scope = Scope.open()) {
            Batch some = graph().rows(Tensors.longs(new long[] {2, 0}));
            assertThat(some.rows()).isEqualTo(2);
            assertTensor(some.get("x")).isEqualTo(Tensors.longs(new long[] {12, 10}));
            assertTensor(some.get("edge_index")).isEqualTo(graph().get("edge_index"));
            Batch last = graph().slice(2, 3).with("y", Tensors.longs(new long[] {1}));
            assertTensor(last.get("x")).isEqualTo(Tensors.longs(new long[] {12}));
            assertTensor(last.get("edge_index")).isEqualTo(graph().get("edge_index"));
        }
    }

    @Test
    void bothMoveToADevice() {
        try (var scope = Scope.open()) {
            Batch moved = graph().to(new Device(torch.DeviceType.CPU));
            assertThat(moved.tensors()).containsOnlyKeys("x", Batch.ROW);
            assertThat(moved.context()).containsOnlyKeys("edge_index");
        }
    }

    @Test
    void oneNameIsOneTensor() {
        try (var scope = Scope.open()) {
            assertThatThrownBy(() -> graph().withContext("x", Tensors.longs(new long[] {1})))
                    .hasMessageContaining("x cannot be both");
            assertThatThrownBy(() -> graph().get("z")).hasMessageContaining("edge_index");
        }
    }
}
