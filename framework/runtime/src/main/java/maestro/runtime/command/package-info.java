/**
 * How a bundle adds a command to the command line.
 *
 * <pre>{@code
 * @Component(service = MaestroCommand.class, scope = ServiceScope.PROTOTYPE)
 * @Command(name = "mel", description = "Compute the mel-spectrogram of a piece of music.")
 * public final class MelCommand implements MaestroCommand {
 *   @Mixin CommandOptions options;
 *   @Parameters(paramLabel = "AUDIO") Path audio;
 *   @Reference MelFrontEnd mel;
 *
 *   @Override
 *   public Integer call() {
 *     ...
 *     options.output().result(Map.of("frames", frames), "%d frames", frames);
 *     return 0;
 *   }
 * }
 * }</pre>
 *
 * <p>The host reads name, options and help from the annotated class without making an instance: a
 * component is activated (and what it refers to is loaded) only when its command is the one to run.
 * Errors are thrown as {@link maestro.api.MaestroException}; the host prints them and sets the exit
 * code. A group such as {@code packs list} is one class whose methods bear {@code @Command}
 * themselves, each with a {@code @Mixin CommandOptions} parameter.
 */
@Export
@Version("1.1.0")
package maestro.runtime.command;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
