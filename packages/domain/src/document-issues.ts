/** Issues of YAML, archives and operations; a part of the catalogue, which checks their form. */
export const DOCUMENT_ISSUES = {
  yaml_invalid: {
    severity: 'error',
    title: 'YAML unreadable',
    cause: 'The document is written in YAML, but it is not valid YAML, or not one document of it.',
    fix: 'Correct the named place. Texts with {{NAME}}, a colon or a quote need quotes around them.',
  },
  unpacks_too_large: {
    severity: 'error',
    title: 'Unpacks to too much',
    cause:
      'A small archive or YAML text stands for more than is taken: see the limits in the message.',
    fix: 'Import the workflows as JSON files, one by one.',
  },
  archive_invalid: {
    severity: 'error',
    title: 'Archive unreadable',
    cause: 'A ZIP archive is truncated, broken or larger than 4 GB.',
    fix: 'Export the archive again, or unpack it and import its JSON files one by one.',
  },
  archive_empty: {
    severity: 'error',
    title: 'No workflow in the archive',
    cause: 'A ZIP archive holds no JSON file beside _workspace.json and _folder.json.',
    fix: 'Export the folder or workspace again from its menu in Sim.',
  },
  archive_several_workflows: {
    severity: 'error',
    title: 'Several workflows where one is meant',
    cause: 'A ZIP archive holds several workflows, but only one can be taken here.',
    fix: 'Import the archive as a whole, or unpack it and take one of its JSON files.',
  },
  archive_file_refused: {
    severity: 'error',
    title: 'File of an archive refused',
    cause: 'A file is encrypted, broken, no JSON, there twice, or has a path such as ../x.json.',
    fix: 'Unpack the archive and import that file by itself.',
  },
  archive_file_ignored: {
    severity: 'info',
    title: 'File of an archive left out',
    cause: 'An archive holds files that are no workflows; archives in archives are not opened.',
    fix: 'Nothing need be done, unless the file was meant as a workflow.',
  },
  operation_invalid: {
    severity: 'warning',
    title: 'Operation cannot be applied',
    cause: 'An editing operation is unknown, or names a block that is not there at that point.',
    fix: 'Apply the operations in Sim and export the workflow that comes of them.',
  },
} as const;
