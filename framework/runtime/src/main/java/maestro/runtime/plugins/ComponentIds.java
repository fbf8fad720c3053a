package maestro.runtime.plugins;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Set;
import java.util.TreeSet;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import maestro.runtime.bundles.BundleContents;
import org.osgi.framework.Bundle;

/**
 * The configuration ids of a bundle's components, read from their descriptions before the bundle
 * starts.
 *
 * @param plugins names of plugins that take settings: their configuration id is their name
 * @param others all other configuration ids
 */
record ComponentIds(Set<String> plugins, Set<String> others) {
  /** Reads a bundle. */
  static ComponentIds of(Bundle bundle) {
    ComponentIds ids = new ComponentIds(new TreeSet<>(), new TreeSet<>());
    String header = bundle.getHeaders("").get("Service-Component");
    for (String listed : header == null ? new String[0] : header.split(",")) {
      String path = listed.trim();
      int slash = path.lastIndexOf('/');
      String folder = slash < 0 ? "/" : path.substring(0, slash);
      for (URL file : BundleContents.files(bundle, folder, path.substring(slash + 1))) {
        ids.add(file);
      }
    }
    return ids;
  }

  private void add(URL file) {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    Set<String> pids = Set.of();
    String name = null;
    try (InputStream in = file.openStream()) {
      XMLStreamReader xml = factory.createXMLStreamReader(in);
      while (xml.hasNext()) {
        if (xml.next() != XMLStreamReader.START_ELEMENT) {
          continue;
        }
        String element = xml.getLocalName();
        if (element.equals("component")
            && xml.getAttributeValue(null, "configuration-pid") != null) {
          pids = Set.of(xml.getAttributeValue(null, "configuration-pid").split("\\s+"));
        } else if (element.equals("property")
            && "maestro.name".equals(xml.getAttributeValue(null, "name"))) {
          name = xml.getAttributeValue(null, "value");
        }
      }
    } catch (IOException | XMLStreamException e) {
      return; // Declarative Services reports a broken description itself, in its own words
    }
    for (String pid : pids) {
      (pid.equals(name) ? plugins : others).add(pid);
    }
  }
}
