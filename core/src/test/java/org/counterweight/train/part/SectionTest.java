package org.counterweight.train.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SectionTest {
    private static final List<String> COLUMNS = List.of("class", "before", "after");

    @Test
    void aTableKeepsWhatItWasGiven() {
        var row = new ArrayList<>(List.of("plant", "31 %", "52 %"));
        var table = new Section.Table("Classes", "Right answers.", COLUMNS, List.of(row));
        row.set(2, "99 %");
        assertThat(table.rows()).containsExactly(List.of("plant", "31 %", "52 %"));
        assertThat(table.marked()).isEqualTo(-1);
    }

    @Test
    void aTableRefusesARowThatDoesNotFitItsColumns() {
        assertThatThrownBy(() -> new Section.Table("Classes", "", COLUMNS, List.of(List.of("plant", "31 %"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Classes: a row of 2 under 3 columns: [plant, 31 %]");
    }

    @Test
    void aTableMarksOnlyARowThatItHas() {
        List<List<String>> rows = List.of(List.of("plant", "31 %", "52 %"));
        assertThat(new Section.Table("Classes", "", COLUMNS, rows, 0).marked()).isZero();
        assertThatThrownBy(() -> new Section.Table("Classes", "", COLUMNS, rows, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Classes: row 1 of 1 is marked");
    }
}
