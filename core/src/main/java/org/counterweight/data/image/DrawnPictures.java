package org.counterweight.data.image;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.counterweight.data.DataException;

/** The bytes of many pictures, one behind the other, as a model sees them. */
final class DrawnPictures {
    private DrawnPictures() {}

    static byte[] of(List<Path> files, ImageForm form) {
        Processor processor = form.processor();
        byte[] pixels = room(files.size(), form.shape());
        for (int i = 0; i < files.size(); i++) {
            if (processor == null) {
                Picture.draw(
                        files.get(i), form.shape(), pixels, i * form.shape().values());
            } else {
                put(processor.apply(Picture.pixels(files.get(i), form.shape().channels())), pixels, i);
            }
        }
        return pixels;
    }

    static void put(Pixels picture, byte[] into, int row) {
        byte[] values = picture.values();
        System.arraycopy(values, 0, into, row * values.length, values.length);
    }

    static byte[] room(int images, ImageSet.Shape shape) {
        long bytes = (long) images * shape.values();
        if (bytes > Integer.MAX_VALUE - 8) {
            throw new DataException(String.format(
                    Locale.ROOT,
                    "%,d pictures of %d x %d take %.1f GB, and at most 2.1 are held; take a smaller size, or fewer",
                    images,
                    shape.height(),
                    shape.width(),
                    bytes / 1e9));
        }
        return new byte[(int) bytes];
    }
}
