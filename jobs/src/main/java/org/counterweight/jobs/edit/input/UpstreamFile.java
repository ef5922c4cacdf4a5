package org.counterweight.jobs.edit.input;

import java.nio.file.Path;
import org.counterweight.data.table.row.TableFormat;

/**
 * Where the texts of {@link Upstream} are read from.
 *
 * @param text the column of the texts
 * @param label that of their classes
 */
public record UpstreamFile(Path file, TableFormat format, String text, String label) {}
