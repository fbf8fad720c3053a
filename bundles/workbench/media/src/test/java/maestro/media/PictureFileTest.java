package maestro.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import maestro.api.MaestroException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PictureFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"PNG", "JPEG", "BMP", "TIFF"})
  void aPictureIsRefusedAsWhatItIsWhateverItsName(String format) throws IOException {
    Path file = folder.resolve("frame.mp4");
    BufferedImage image = new BufferedImage(64, 48, BufferedImage.TYPE_INT_RGB);
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    assertThatThrownBy(() -> MediaFile.open(file, new Limits(1 << 24, 3600, 64, 20, 2)))
        .isInstanceOf(MaestroException.class)
        .hasMessage(
            "frame.mp4: is a picture (" + format + "), not a film; give a film, or make one of it");
  }

  @Test
  void whatIsShorterThanABeginningIsNoPicture() throws IOException {
    assertThat(PictureFile.format(Files.write(folder.resolve("a"), new byte[] {(byte) 0x89, 'P'})))
        .isEmpty();
  }
}
