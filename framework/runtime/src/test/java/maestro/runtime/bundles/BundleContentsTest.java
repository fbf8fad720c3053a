package maestro.runtime.bundles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;

final class BundleContentsTest {
  /** A bundle as the framework shows it to a thread that is late: every question is an error. */
  private static Bundle thatFails(int state) {
    return (Bundle)
        Proxy.newProxyInstance(
            Bundle.class.getClassLoader(),
            new Class<?>[] {Bundle.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("getState")) {
                return state;
              }
              throw new IllegalStateException("Bundle has been uninstalled");
            });
  }

  @Test
  void aBundleThatHasGoneHasNothing() {
    Bundle gone = thatFails(Bundle.UNINSTALLED);
    assertThat(BundleContents.services(gone)).isEmpty();
    assertThat(BundleContents.files(gone, "OSGI-INF", "*.xml")).isEmpty();
    assertThat(BundleContents.paths(gone, "/")).isEmpty();
    assertThat(BundleContents.file(gone, "a.class")).isEmpty();
    assertThat(NeededJava.explain(gone)).isEmpty();
  }

  @Test
  void anErrorOfABundleThatIsThereIsNoneOfThese() {
    assertThatThrownBy(() -> BundleContents.services(thatFails(Bundle.ACTIVE)))
        .isInstanceOf(IllegalStateException.class);
  }
}
