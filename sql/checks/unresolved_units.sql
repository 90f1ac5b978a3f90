SELECT w.title, w.place_candidates, w.n_facts, w.reason_code, w.status_reason, w.raw_path, w.report_id
FROM worklist_divisions AS w
