package org.counterweight.weights;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskRoomTest {
    @TempDir
    private Path root;

    /** The place need not be there: the disk is that of the directory where it will be. */
    @Test
    void whatDoesNotFitIsRefusedBeforeItIsBegun() {
        Path place = root.resolve("runs/new/model.safetensors");
        assertThatCode(() -> DiskRoom.require(place, 1)).doesNotThrowAnyException();
        assertThatThrownBy(() -> DiskRoom.require(place, Long.MAX_VALUE))
                .isInstanceOf(WeightsException.class)
                .hasMessageContaining("needs 9,223,372,036,854,775,807 bytes, and the disk has ")
                .hasMessageContaining("left; make room, or name another place");
    }
}
